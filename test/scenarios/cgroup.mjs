import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = '/sys/fs/cgroup';
const period = 100_000;

/**
 * A cgroup that limits something, of whichever version this machine has. A process joins it by writing its id to `procs`.
 *
 * @typedef {{ procs: string, remove: () => Promise<void> }} Cgroup `remove` once its processes have ended
 */

/**
 * Whether a controller is of version 1, which most distributions mount in a folder of its name, alone or beside version 2.
 *
 * @param {'cpu' | 'memory'} controller
 */
function isFirst(controller) {
  return existsSync(join(root, controller, controller === 'cpu' ? 'cpu.cfs_quota_us' : 'memory.limit_in_bytes'));
}

/**
 * @param {'cpu' | 'memory'} controller
 * @returns {string | undefined} what this machine lacks for a cgroup of that controller
 */
export function lackOfCgroups(controller) {
  if (isFirst(controller)) return undefined;
  const controllers = join(root, 'cgroup.controllers');
  if (existsSync(controllers) && readFileSync(controllers, 'utf8').split(/\s+/).includes(controller)) return undefined;
  return `no ${controller} controller in ${root}`;
}

/**
 * @param {string} name
 * @param {number} cpus that it may use
 * @returns {Cgroup}
 */
export function makeCpuCgroup(name, cpus) {
  const folder = make('cpu', name);
  const quota = Math.round(cpus * period);
  if (isFirst('cpu')) writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quota));
  else writeFileSync(join(folder, 'cpu.max'), `${quota} ${period}`);
  return cgroupOf(folder);
}

/**
 * @param {string} name
 * @param {number} bytes the most memory, page cache included
 * @returns {Cgroup}
 */
export function makeMemoryCgroup(name, bytes) {
  const folder = make('memory', name);
  const first = isFirst('memory');
  writeFileSync(join(folder, first ? 'memory.limit_in_bytes' : 'memory.max'), String(bytes));
  // Else it gets more by swapping; where swap is not counted there is no such file.
  const swap = join(folder, first ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max');
  if (existsSync(swap)) writeFileSync(swap, first ? String(bytes) : '0');
  return cgroupOf(folder);
}

/** @param {'cpu' | 'memory'} controller @param {string} name @returns {string} its folder */
function make(controller, name) {
  const first = isFirst(controller);
  if (!first) writeFileSync(join(root, 'cgroup.subtree_control'), `+${controller}`);
  const folder = join(first ? join(root, controller) : root, name);
  // One that was left behind by a run that was killed will do.
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** @param {string} folder @returns {Cgroup} */
function cgroupOf(folder) {
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
