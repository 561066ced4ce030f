import type { ProfileKind } from '../stacks/profile.js';

/** What the name of a file says. Times in Unix milliseconds. */
export interface WindowName {
  readonly kind: ProfileKind;
  readonly from: number;
  readonly to: number;
}

const pattern = /^(cpu|offcpu)-(\d{1,15})-(\d{1,15})\.pb\.gz$/;

/** Of a file that is being written. */
export const unfinishedSuffix = '.unfinished';

export function fileName({ kind, from, to }: WindowName): string {
  return `${kind}-${Math.round(from)}-${Math.round(to)}.pb.gz`;
}

/** Undefined if the file is none of the recorder's. */
export function parseFileName(name: string): WindowName | undefined {
  const [, kind, from, to] = pattern.exec(name) ?? [];
  if (kind === undefined || Number(to) < Number(from)) return undefined;
  return { kind: kind as ProfileKind, from: Number(from), to: Number(to) };
}
