import type { Frame, Profile, ProfileStack } from '../../src/stacks/profile.js';

export const named = (name: string, offset = 0): Frame => ({
  function: name,
  module: '/usr/bin/app',
  offset,
  isKernel: false,
});

export const inKernel = (name: string): Frame => ({ function: name, module: '[kernel]', offset: 0, isKernel: true });

export function stack(command: string, frames: readonly Frame[], value: number): ProfileStack {
  return { labels: { command }, frames, value };
}

export function profile(from: number, to: number, other: Partial<Profile> = {}): Profile {
  const stacks = [stack('app', [named('work'), named('main')], 10)];
  return { kind: 'cpu', from, to, periodNs: 1e9 / 49, stacks, lost: 0, missingMs: 0, ...other };
}
