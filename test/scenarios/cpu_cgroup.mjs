import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = '/sys/fs/cgroup';
// Where version 1 is mounted as most distributions do, alone or beside version 2.
const first = join(root, 'cpu');
const period = 100_000;

/** @returns {string | undefined} what this machine lacks for a cgroup with a CPU quota */
export function lackOfCpuCgroups() {
  if (existsSync(join(first, 'cpu.cfs_quota_us'))) return undefined;
  const controllers = join(root, 'cgroup.controllers');
  if (existsSync(controllers) && readFileSync(controllers, 'utf8').split(/\s+/).includes('cpu')) return undefined;
  return `no CPU controller in ${root}`;
}

/**
 * A cgroup with a CPU quota, of whichever version this machine has. A process joins it by writing its id to `procs`.
 *
 * @param {string} name
 * @param {number} cpus that it may use
 * @returns {{ procs: string, remove: () => Promise<void> }} `remove` once its processes have ended
 */
export function makeCpuCgroup(name, cpus) {
  const isFirst = existsSync(join(first, 'cpu.cfs_quota_us'));
  if (!isFirst) writeFileSync(join(root, 'cgroup.subtree_control'), '+cpu');
  const folder = join(isFirst ? first : root, name);
  // One that was left behind by a run that was killed will do.
  mkdirSync(folder, { recursive: true });
  const quota = Math.round(cpus * period);
  if (isFirst) writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quota));
  else writeFileSync(join(folder, 'cpu.max'), `${quota} ${period}`);
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
