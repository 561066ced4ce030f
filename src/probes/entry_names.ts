import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const sizeLimit = 16 << 20;

/** What a name in an entry of a map can name. */
export const nameKinds = ['cgroup', 'user', 'group', 'address'] as const;
export type NameKind = (typeof nameKinds)[number];

/** Looks up numbers of this host. Undefined: there is no such name. */
export interface HostNumbers {
  /** The id of a cgroup of version 2. @param path of its folder */
  cgroup(path: string): bigint | undefined;
  user(name: string): bigint | undefined;
  group(name: string): bigint | undefined;
}

/** @param etc the host's /etc */
export function hostNumbers(etc: string): HostNumbers {
  return {
    cgroup: cgroupId,
    user: (name) => accountId(join(etc, 'passwd'), name),
    group: (name) => accountId(join(etc, 'group'), name),
  };
}

function cgroupId(path: string): bigint | undefined {
  try {
    const status = statSync(path, { bigint: true });
    return status.isDirectory() ? status.ino : undefined;
  } catch {
    return undefined;
  }
}

function accountId(path: string, wanted: string): bigint | undefined {
  try {
    const status = statSync(path);
    if (!status.isFile() || status.size > sizeLimit) return undefined;
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const [name, , number = ''] = line.split(':', 3);
      if (name === wanted && /^\d{1,10}$/.test(number)) return BigInt(number);
    }
  } catch {
    // As if there were no accounts.
  }
  return undefined;
}
