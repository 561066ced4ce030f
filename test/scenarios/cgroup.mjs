import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = '/sys/fs/cgroup';
const period = 100_000;

/**
 * A cgroup (version 1 or 2) with a limit. A process joins it by writing its pid to the file `procs`.
 *
 * @typedef {{ procs: string, remove: () => Promise<void> }} Cgroup call `remove` after its processes have ended
 */

/**
 * Whether a controller is of cgroup version 1. Its hierarchy is mounted in a folder with the controller's name.
 *
 * @param {'cpu' | 'memory'} controller
 */
function isFirst(controller) {
  return existsSync(join(root, controller, controller === 'cpu' ? 'cpu.cfs_quota_us' : 'memory.limit_in_bytes'));
}

/**
 * @param {'cpu' | 'memory'} controller
 * @returns {string | undefined} why this machine has no cgroups with that controller
 */
export function missingController(controller) {
  if (isFirst(controller)) return undefined;
  const controllers = join(root, 'cgroup.controllers');
  if (existsSync(controllers) && readFileSync(controllers, 'utf8').split(/\s+/).includes(controller)) return undefined;
  return `no ${controller} controller in ${root}`;
}

/**
 * @param {string} name
 * @param {number} cpus limit; may be a fraction
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
 * @param {number} bytes memory limit, which includes the page cache
 * @returns {Cgroup}
 */
export function makeMemoryCgroup(name, bytes) {
  const folder = make('memory', name);
  const first = isFirst('memory');
  writeFileSync(join(folder, first ? 'memory.limit_in_bytes' : 'memory.max'), String(bytes));
  // Swap would raise the limit. Without swap accounting the file does not exist.
  const swap = join(folder, first ? 'memory.memsw.limit_in_bytes' : 'memory.swap.max');
  if (existsSync(swap)) writeFileSync(swap, first ? String(bytes) : '0');
  return cgroupOf(folder);
}

/** @param {'cpu' | 'memory'} controller @param {string} name @returns {string} folder of the cgroup */
function make(controller, name) {
  const first = isFirst(controller);
  if (!first) writeFileSync(join(root, 'cgroup.subtree_control'), `+${controller}`);
  const folder = join(first ? join(root, controller) : root, name);
  // A killed run may have left the folder behind.
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
      // A process leaves its cgroup shortly after it has ended.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EBUSY' || tries === 100) throw error;
      await sleep(20);
    }
  }
}
