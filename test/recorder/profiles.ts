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

const unnamed = { function: '', module: '/usr/lib/libc.so.6', offset: 0x2f010, isKernel: false };
const unnamedKernel = { function: '', module: '[kernel]', offset: 0xffffff81, isKernel: true };
/** A profile with everything that a file can hold. */
export const rich = profile(1_795_776_073_414, 1_795_776_088_416, {
  stacks: [
    stack('app', [inKernel('vfs_read'), named('work'), named('main')], 7),
    stack('app', [unnamedKernel, unnamed, named('main')], 3),
    {
      labels: { command: 'ünïcode "x"', container: 'web' },
      frames: [named('main'), named('std::map<int, int>::find')],
      value: 1,
    },
    { labels: {}, frames: [], value: 2 },
  ],
  lost: 5,
  missingMs: 20,
});
