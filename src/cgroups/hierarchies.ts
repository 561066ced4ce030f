import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Controllers of cgroup v1 by preference: the first one in a hierarchy of its own stands for v1. Container runtimes and systemd make
 * their cgroups in each of them.
 */
const preferred = ['memory', 'cpu', 'pids', 'cpuacct', 'blkio', 'freezer', 'devices', 'cpuset'] as const;

/** Bit 63 of a cgroup's id: it belongs to the v1 hierarchy. */
export const v1Bit = 1n << 63n;

/** The kernel numbers the root of every hierarchy so; a mount of a part of it has another number. */
const rootInode = 1;

/** The hierarchy that stands for cgroup v1. */
export interface V1Hierarchy {
  readonly controller: (typeof preferred)[number];
  /** The kernel's number of the hierarchy. */
  readonly number: number;
}

/** A mounted hierarchy whose cgroups can be listed. */
export interface MountedHierarchy {
  readonly folder: string;
  readonly isV1: boolean;
}

/** @param proc the host's procfs. @returns undefined if all controllers belong to v2 */
export function v1Hierarchy(proc: string): V1Hierarchy | undefined {
  let table: string;
  try {
    table = readFileSync(join(proc, 'cgroups'), 'latin1');
  } catch {
    return undefined;
  }
  const numbers = new Map<string, number>();
  for (const [, controller, number] of table.matchAll(/^(\w+)\s+(\d+)\s/gm)) numbers.set(controller!, Number(number));
  // The v2 hierarchy has the number 0, and so have controllers that are off.
  const controller = preferred.find((name) => (numbers.get(name) ?? 0) > 0);
  return controller && { controller, number: numbers.get(controller)! };
}

/**
 * The mounted roots of v2 and of the hierarchy that stands for v1. A container usually sees its own part of a hierarchy only, which is
 * left out: paths in it do not begin at the host's root.
 * @param proc procfs in which `self` is this process
 */
export async function mountedHierarchies(proc: string): Promise<MountedHierarchy[]> {
  const v1 = v1Hierarchy(proc)?.controller;
  const found: MountedHierarchy[] = [];
  for (const { folder, controllers } of mounts(proc)) {
    const isV1 = controllers !== undefined;
    if (found.some((one) => one.isV1 === isV1)) continue;
    if (isV1 && (v1 === undefined || !controllers.includes(v1))) continue;
    const inode = await stat(folder).then(
      ({ ino }) => ino,
      () => undefined,
    );
    if (inode === rootInode) found.push({ folder, isV1 });
  }
  return found;
}

/** Mounts of cgroup file systems. `controllers` is undefined for v2. */
function mounts(proc: string): { folder: string; controllers: string[] | undefined }[] {
  let table: string;
  try {
    table = readFileSync(join(proc, 'self/mountinfo'), 'utf8');
  } catch {
    return [];
  }
  return table.split('\n').flatMap((line) => {
    const [mount = '', type = ''] = line.split(' - ');
    const [kind, , options = ''] = type.split(' ');
    const folder = mount
      .split(' ')[4]
      ?.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    if (folder === undefined || (kind !== 'cgroup' && kind !== 'cgroup2')) return [];
    return [{ folder, controllers: kind === 'cgroup' ? options.split(',') : undefined }];
  });
}
