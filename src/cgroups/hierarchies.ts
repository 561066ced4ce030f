import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Controllers of cgroup v1 by preference: the first one in a hierarchy of its own stands for v1. Container runtimes and systemd make
 * their cgroups in each of them.
 */
const preferred = ['memory', 'cpu', 'pids', 'cpuacct', 'blkio', 'freezer', 'devices', 'cpuset'] as const;

/** The highest bits of a cgroup's id, as probes write it, say which hierarchy it belongs to: bpf/include/identity.h. 0 is v2. */
export const v1Mark = 1n << 63n;
/** That of the controller blkio, which block requests are charged in, unless it stands for v1 anyway. */
export const blkioMark = (1n << 63n) | (1n << 62n);

/** The kernel numbers the root of every hierarchy so; a mount of a part of it has another number. */
const rootInode = 1;

/** The hierarchy that stands for cgroup v1. */
export interface V1Hierarchy {
  readonly controller: (typeof preferred)[number];
  /** The kernel's number of the hierarchy. */
  readonly number: number;
}

/** A hierarchy whose cgroups have names. */
export interface NamedHierarchy {
  /** The kernel's number of it; 0 for v2. */
  readonly number: number;
  /** The highest bits of ids. */
  readonly mark: bigint;
  /** Undefined for v2. */
  readonly controller: V1Hierarchy['controller'] | undefined;
}

/** One that is mounted, so that its cgroups can be listed. */
export interface MountedHierarchy extends NamedHierarchy {
  readonly folder: string;
}

/** @param proc the host's procfs. @returns undefined if all controllers belong to v2 */
export function v1Hierarchy(proc: string): V1Hierarchy | undefined {
  const numbers = numbersOfV1(proc);
  const controller = preferred.find((name) => numbers.has(name));
  return controller && { controller, number: numbers.get(controller)! };
}

/** The hierarchies whose cgroups probes write. @param proc the host's procfs */
export function namedHierarchies(proc: string): NamedHierarchy[] {
  const v1 = v1Hierarchy(proc);
  const blkio = numbersOfV1(proc).get('blkio');
  return [
    { number: 0, mark: 0n, controller: undefined },
    ...(v1 ? [{ ...v1, mark: v1Mark }] : []),
    ...(blkio !== undefined && v1?.controller !== 'blkio'
      ? [{ number: blkio, mark: blkioMark, controller: 'blkio' as const }]
      : []),
  ];
}

/**
 * The mounted roots of these hierarchies. A container usually sees its own part of a hierarchy only, which is left out: paths in it do
 * not begin at the host's root.
 * @param proc procfs in which `self` is this process
 */
export async function mountedHierarchies(proc: string): Promise<MountedHierarchy[]> {
  const mounted = mounts(proc);
  const found = await Promise.all(namedHierarchies(proc).map((one) => mountOf(one, mounted)));
  return found.filter((one) => one !== undefined);
}

/** Where cgroup v2 is mounted; in a container that may be a part of it. @param proc the host's procfs */
export function unifiedFolder(proc: string): string | undefined {
  return mounts(proc).find(({ controllers }) => controllers === undefined)?.folder;
}

async function mountOf(one: NamedHierarchy, mounted: readonly Mount[]): Promise<MountedHierarchy | undefined> {
  for (const { folder, controllers } of mounted) {
    const isIt = one.controller === undefined ? controllers === undefined : controllers?.includes(one.controller);
    if (isIt && (await inodeOf(folder)) === rootInode) return { ...one, folder };
  }
  return undefined;
}

async function inodeOf(folder: string): Promise<number | undefined> {
  return stat(folder).then(
    ({ ino }) => ino,
    () => undefined,
  );
}

/** By controller. The v2 hierarchy has the number 0, and so have controllers that are off. */
function numbersOfV1(proc: string): ReadonlyMap<string, number> {
  let table: string;
  try {
    table = readFileSync(join(proc, 'cgroups'), 'latin1');
  } catch {
    return new Map();
  }
  const rows = [...table.matchAll(/^(\w+)\s+(\d+)\s/gm)].map(([, name, number]) => [name!, Number(number)] as const);
  return new Map(rows.filter(([, number]) => number > 0));
}

interface Mount {
  readonly folder: string;
  /** Undefined for v2. */
  readonly controllers: readonly string[] | undefined;
}

/** Mounts of cgroup file systems. */
function mounts(proc: string): Mount[] {
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
