/** Kernel memory of the BPF maps of a process, and what it may be. */
import { readdirSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';

/** Goals of docs/performance.md for the default probes, in MB. Before Linux 6.4 the kernel states what maps take when they are full. */
const most = { atLoad: 64, full: 128 };

/** @param {number} pid @returns {number} MB, each map once */
export function mapMegabytes(pid) {
  const folder = `/proc/${pid}/fdinfo`;
  /** @type {Map<string, number>} */
  const maps = new Map();
  for (const descriptor of readdirSync(folder)) {
    const text = read(join(folder, descriptor));
    const id = /^map_id:\s*(\d+)/m.exec(text)?.[1];
    // The link of an iterator over a map names the map too.
    const bytes = /^memlock:\s*(\d+)/m.exec(text)?.[1];
    if (id !== undefined && bytes !== undefined) maps.set(id, Number(bytes));
  }
  return [...maps.values()].reduce((sum, bytes) => sum + bytes, 0) / 1e6;
}

/** @returns {number} MB that the maps of the default probes may take on the running kernel */
export function mostMegabytes() {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 4) ? most.atLoad : most.full;
}

/** @param {string} path @returns {string} empty if the descriptor was closed meanwhile */
function read(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
