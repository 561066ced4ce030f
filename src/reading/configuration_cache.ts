import { createHash } from 'node:crypto';
import {
  closeSync,
  constants as fsConstants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { PlainConfiguration } from '../config/plain_configuration.js';
import { isUnchanged } from '../config/unchanged.js';

/** What identifies a reading, besides the contents of the files. */
export interface CacheKey {
  /** The exporter's build: another one may read the same files differently. */
  readonly build: string;
  /** The main file, absolute. */
  readonly file: string;
  /** Probes that flags switch on (true) or off (false). */
  readonly switches: readonly (readonly [probe: string, isOn: boolean])[];
  /** The script that is the only probe. */
  readonly script?: string | undefined;
  /** Of a file with the kernel's BTF: scripts are compiled with its types. */
  readonly btf?: string | undefined;
}

/** Tells files with BTF apart: path, size and time of change. Undefined without a file. */
export function btfIdentity(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const status = statSync(path, { throwIfNoEntry: false });
  return `${path} ${status?.size} ${status?.mtimeMs}`;
}

/** The contents of a cache file. */
interface Entry {
  readonly build: string;
  readonly switches: string;
  readonly configuration: PlainConfiguration;
}

const suffix = '.configuration';

/** Above this number of files in the folder, those that were written first are removed. */
const keptFiles = 16;

/** Several times what the largest plausible configuration takes. */
const maximumBytes = 64 << 20;

/**
 * Keeps a configuration for later starts, in a file that replaces an earlier one at once.
 * @param folder made if the folder above it exists
 * @throws Error of a system call, or if other users can write to the folder
 */
export function keepConfiguration(folder: string, key: CacheKey, configuration: PlainConfiguration): void {
  makeFolder(folder);
  if (!isOurs(lstatSync(folder))) throw new Error('other users can write to the folder');
  const file = cacheFile(folder, key);
  writeEntry(`${file}.${process.pid}`, key, configuration);
  renameSync(`${file}.${process.pid}`, file);
  removeOldest(folder);
}

/** The configuration may be secret: only its owner reads the file. */
function writeEntry(file: string, key: Omit<CacheKey, 'file'>, configuration: PlainConfiguration) {
  const entry: Entry = { build: key.build, switches: flagsOf(key), configuration };
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(descriptor, serialize(entry));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The configuration that an earlier reading kept in a folder. Undefined unless the same build read it with the same flags, no file
 * has changed since, and only this user or root can have written it.
 */
export function keptConfiguration(folder: string, key: CacheKey): PlainConfiguration | undefined {
  try {
    return isOurs(lstatSync(folder)) ? readEntry(cacheFile(folder, key), key, isOurs) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The configuration in one cache file, on the same conditions.
 * @param isTrusted whether the file may be used; by default every file
 */
export function readEntry(
  file: string,
  key: CacheKey,
  isTrusted: (status: Stats) => boolean = () => true,
): PlainConfiguration | undefined {
  let entry: Entry;
  try {
    const descriptor = openSync(file, fsConstants.O_RDONLY | fsConstants.O_NOFOLLOW | fsConstants.O_NONBLOCK);
    try {
      const status = fstatSync(descriptor);
      if (!status.isFile() || status.size > maximumBytes || !isTrusted(status)) return undefined;
      entry = deserialize(readFileSync(descriptor)) as Entry;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Missing, cut short, or of another version of Node.
    return undefined;
  }
  const isSame = entry.build === key.build && entry.switches === flagsOf(key);
  return isSame && isUnchanged(entry.configuration, key.file) ? entry.configuration : undefined;
}

function flagsOf({ switches, script, btf }: Omit<CacheKey, 'file' | 'build'>): string {
  return JSON.stringify(script === undefined && btf === undefined ? switches : [switches, script, btf]);
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function isOurs({ uid, mode }: Stats): boolean {
  return (uid === 0 || uid === process.geteuid!()) && (mode & 0o022) === 0;
}

function cacheFile(folder: string, key: CacheKey): string {
  const hash = createHash('sha256').update(JSON.stringify([key.file, flagsOf(key)]));
  return join(folder, `${hash.digest('hex').slice(0, 32)}${suffix}`);
}

/** What a killed process left behind counts too. */
function removeOldest(folder: string): void {
  const files = readdirSync(folder)
    .filter((name) => name.includes(suffix))
    .map((name) => ({ path: join(folder, name), since: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.since - a.since);
  for (const { path } of files.slice(keptFiles)) rmSync(path, { force: true });
}
