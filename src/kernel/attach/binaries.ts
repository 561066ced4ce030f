import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

const CACHE_MAGIC = 'glibc-ld.so.cache1.1';
const CACHE_HEADER_BYTES = 48;
const CACHE_ENTRY_BYTES = 24;
const MAXIMUM_CACHE_BYTES = 16 << 20;
const MAXIMUM_LINKS = 40;

/** The second byte of the flags in the cache of the dynamic linker, for 64-bit libraries. */
const architectures: Readonly<Partial<Record<string, number>>> = { x64: 3, arm64: 10, s390x: 4, ppc64: 5 };
const triplets: Readonly<Partial<Record<string, string>>> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** Where commands are looked up, whatever the environment of the exporter says. */
const commandFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * The file of a library, as the dynamic linker would find it: in its cache, then in the usual folders.
 * @param name `libc.so.6`, or without its version: `libc`
 * @param root root folder of the processes that use it; empty for the exporter's own
 * @returns a path below `root`, or undefined
 */
export function findLibrary(name: string, root = ''): string | undefined {
  const isName = (file: string) => file === name || file.startsWith(`${name}.so`);
  const cached = cachedLibraries(root).find(([file]) => isName(file))?.[1];
  if (cached !== undefined && isFile(root, cached)) return cached;
  const triplet = triplets[process.arch];
  const folders = ['/lib', '/usr/lib', '/lib64', '/usr/lib64', ...(triplet ? [`/usr/lib/${triplet}`] : [])];
  for (const folder of folders) {
    const found = filesIn(root, folder).filter(isName).sort();
    // The longest name has the version: libx.so may be a script of the linker.
    const file = found.filter((path) => isFile(root, join(folder, path))).at(-1);
    if (file !== undefined) return join(folder, file);
  }
  return undefined;
}

/** The file of a command by its name. @returns a path below `root`, or undefined */
export function findCommand(name: string, root = ''): string | undefined {
  return commandFolders.map((folder) => join(folder, name)).find((path) => isFile(root, path));
}

/**
 * A path without symbolic links. Links of another root folder are not followed out of it.
 * @returns undefined if there are too many links, or if a part does not exist
 */
export function resolveBelow(root: string, path: string): string | undefined {
  let resolved = '';
  const parts = path.split('/').reverse();
  for (let links = 0; parts.length > 0; ) {
    const part = parts.pop()!;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      resolved = resolved.slice(0, Math.max(0, resolved.lastIndexOf('/')));
      continue;
    }
    const link = linkAt(`${root}${resolved}/${part}`);
    if (link === undefined) {
      resolved = `${resolved}/${part}`;
      continue;
    }
    links += 1;
    if (links > MAXIMUM_LINKS) return undefined;
    if (link.startsWith('/')) resolved = '';
    parts.push(...link.split('/').reverse());
  }
  return `${root}${resolved}`;
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function isFile(root: string, path: string): boolean {
  const resolved = resolveBelow(root, path);
  try {
    return resolved !== undefined && statSync(resolved).isFile();
  } catch {
    return false;
  }
}

function filesIn(root: string, folder: string): string[] {
  try {
    return readdirSync(resolveBelow(root, folder) ?? '');
  } catch {
    return [];
  }
}

/** Names and paths in the cache of the dynamic linker; none if it cannot be read. */
function cachedLibraries(root: string): [string, string][] {
  const path = resolveBelow(root, '/etc/ld.so.cache');
  try {
    if (path === undefined || !statSync(path).isFile() || statSync(path).size > MAXIMUM_CACHE_BYTES) return [];
    const file = readFileSync(path);
    const cache = file.subarray(Math.max(0, file.indexOf(CACHE_MAGIC)));
    const textAt = (offset: number) => cache.toString('latin1', offset, cache.indexOf(0, offset));
    const wanted = architectures[process.arch];
    const count = Math.min(cache.readUInt32LE(20), Math.floor(cache.length / CACHE_ENTRY_BYTES));
    return Array.from({ length: count }, (_, i) => CACHE_HEADER_BYTES + i * CACHE_ENTRY_BYTES)
      .filter((at) => wanted === undefined || cache[at + 1] === wanted)
      .map((at) => [textAt(cache.readUInt32LE(at + 4)), textAt(cache.readUInt32LE(at + 8))]);
  } catch {
    return [];
  }
}
