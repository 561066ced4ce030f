import type { Profile } from '../stacks/profile.js';

/** Seconds of CPU time, or of waiting, that `value` in the unit of a profile stands for. */
export function secondsOf(value: number, { periodNs }: Pick<Profile, 'periodNs'>): number {
  return (value * periodNs) / 1e9;
}

/** The part of the time of a profile that has a record, in milliseconds. */
export function recordedMs({ from, to, missingMs }: Pick<Profile, 'from' | 'to' | 'missingMs'>): number {
  return Math.max(0, to - from - missingMs);
}

/** How many CPUs were in use, or how many threads waited, on average; 0 without a record. */
export function meanOf(value: number, profile: Omit<Profile, 'stacks'>): number {
  const recorded = recordedMs(profile);
  return recorded === 0 ? 0 : secondsOf(value, profile) / (recorded / 1000);
}
