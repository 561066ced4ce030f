import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = '/sys/fs/cgroup';
// Where version 1 is mounted as most distributions do, alone or beside version 2.
const first = join(root, 'memory');

/** @returns {string | undefined} what this machine lacks for a memory cgroup */
export function lackOfMemoryCgroups() {
  if (existsSync(join(first, 'memory.limit_in_bytes'))) return undefined;
  const controllers = join(root, 'cgroup.controllers');
  if (existsSync(controllers) && readFileSync(controllers, 'utf8').split(/\s+/).includes('memory')) return undefined;
  return `no memory controller in ${root}`;
}

/**
 * A memory cgroup, of whichever version this machine has. A process joins it by writing its id to `procs`.
 *
 * @param {string} name
 * @param {number} bytes the most memory, page cache included
 * @returns {{ procs: string, remove: () => Promise<void> }} `remove` once its processes have ended
 */
export function makeMemoryCgroup(name, bytes) {
  const isFirst = existsSync(join(first, 'memory.limit_in_bytes'));
  if (!isFirst) writeFileSync(join(root, 'cgroup.subtree_control'), '+memory');
  const folder = join(isFirst ? first : root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, isFirst ? 'memory.limit_in_bytes' : 'memory.max'), String(bytes));
  // Else it gets more by swapping; where swap is not counted there is no such file.
  const swap = join(folder, isFirst ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max');
  if (existsSync(swap)) writeFileSync(swap, isFirst ? String(bytes) : '0');
  return { procs: join(folder, 'cgroup.procs'), remove: () => remove(folder) };
}

/** @param {string} folder */
async function remove(folder) {
  for (let tries = 0; ; tries++) {
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      // A process that has ended leaves its cgroup a moment later.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EBUSY' || tries === 100) throw error;
      await sleep(20);
    }
  }
}
