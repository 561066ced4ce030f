import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { fault } from '../errors/fault.js';
import type { Profile } from '../stacks/profile.js';
import { decodePprof, encodePprof } from './pprof.js';
import { fileName, parseFileName, unfinishedSuffix, type WindowName } from './window_name.js';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Hundreds of times what the recorder writes into one file. */
const maximumFileBytes = 64 << 20;
const maximumProfileBytes = 256 << 20;

/** A file with a window. */
export interface WindowFile extends WindowName {
  readonly bytes: number;
}

/** The folder `windows` in the state directory. Only its owner has access. */
export class WindowFiles {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Makes the folder if it is missing and the one above `path` exists, and removes what a crash has left unfinished.
   * @param path the state directory
   * @returns the files in it, and the names of those that are not the recorder's
   * @throws fault RECORDER_FOLDER
   */
  static async open(path: string): Promise<{ files: WindowFiles; windows: WindowFile[]; foreign: string[] }> {
    const folder = join(path, 'windows');
    try {
      // Not recursively: in procfs Node would try forever.
      for (const one of [path, folder]) await mkdir(one, { mode: 0o700 }).catch(ignoreExisting);
      const status = await lstat(folder);
      if (!status.isDirectory()) throw new Error('it is not a folder');
      if (status.uid !== process.geteuid!()) throw new Error(`it belongs to user ${status.uid}`);
      if ((status.mode & 0o077) !== 0) throw new Error('other users have access to it (its mode is not 0700)');
      const windows: WindowFile[] = [];
      const foreign: string[] = [];
      for (const name of await readdir(folder)) {
        const window = parseFileName(name);
        if (name.endsWith(unfinishedSuffix)) await rm(join(folder, name), { force: true });
        else if (window === undefined) foreign.push(name);
        else windows.push({ ...window, bytes: (await lstat(join(folder, name))).size });
      }
      return { files: new WindowFiles(folder), windows, foreign };
    } catch (error) {
      throw fault('RECORDER_FOLDER', { folder, reason: reasonOf(error) }, { cause: error });
    }
  }

  /** The path of a file in the folder. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a window, completely or not at all. @throws Error, such as ENOSPC */
  async write(profile: Profile): Promise<WindowFile> {
    const bytes = await compress(encodePprof(profile));
    const path = this.path(fileName(profile));
    const unfinished = path + unfinishedSuffix;
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    try {
      const file = await open(unfinished, flags, 0o600);
      try {
        await file.writeFile(bytes);
        // Otherwise a crash of the host could leave an empty file under the final name.
        await file.datasync();
      } finally {
        await file.close();
      }
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => {});
      throw error;
    }
    return { ...parseFileName(fileName(profile))!, bytes: bytes.length };
  }

  /** @throws Error if it cannot be read, or is damaged */
  async read(window: WindowFile): Promise<Profile> {
    if (window.bytes > maximumFileBytes) throw new Error('it is too large');
    const bytes = await readFile(this.path(fileName(window)));
    return decodePprof(await decompress(bytes, { maxOutputLength: maximumProfileBytes }));
  }

  /** Does nothing if it is gone already. @throws Error, such as EROFS */
  async remove(window: WindowName): Promise<void> {
    await rm(this.path(fileName(window)), { force: true });
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Why a call failed, in a few words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
}
