import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fault, type SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { nearest } from '../nearest.js';
import { unreadableReason } from './file_text.js';
import { folderOf, type PlainFolder } from './plain_configuration.js';
import type { SourceMap } from './source_map.js';

/** The folders of `probe_path`, and the probe files in them. */
export class ProbeFolders {
  readonly faults: SantaError[] = [];
  private readonly folders: {
    readonly path: string;
    readonly written: string;
    readonly probes: ReadonlySet<string>;
  }[] = [];

  /** @param paths as written in the main file, relative to its folder */
  constructor(paths: readonly string[], main: SourceMap) {
    for (const [index, written] of paths.entries()) {
      const path = folderOf(main.file, written);
      try {
        this.folders.push({ path, written, probes: new Set(probesIn(path)) });
      } catch (cause) {
        const location = main.locate(['probe_path', index]);
        const reason = isFile(path) ? 'it is a file' : unreadableReason(cause);
        this.faults.push(fault('CONFIG_FOLDER', { path, reason }, { location, cause }));
      }
    }
  }

  get plain(): PlainFolder[] {
    return this.folders.map(({ written, probes }) => ({ written, probes: [...probes] }));
  }

  /** The file of a probe in the first folder that has one, and the folder's index; a fault at `location` when no folder has. */
  find(probe: string, location?: Location): { readonly file: string; readonly folder: number } | SantaError {
    const folder = this.folders.findIndex(({ probes }) => probes.has(probe));
    if (folder >= 0) return { file: join(this.folders[folder]!.path, `${probe}.yaml`), folder };
    const known = [...new Set(this.folders.flatMap(({ probes }) => [...probes]))].sort();
    const folders = this.folders.map(({ path }) => path);
    return fault('CONFIG_PROBE_UNKNOWN', { probe, folders, nearest: nearest(probe, known), known }, { location });
  }
}

/** The probes that have a file in a folder, sorted. @throws Error of the system call */
export function probesIn(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.map((file) => file.slice(0, -'.yaml'.length)).sort();
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
