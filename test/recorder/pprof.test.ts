import { expect, test } from 'vitest';
import { decodePprof, encodePprof } from '../../src/recorder/pprof.js';
import { named, profile, rich, stack } from './profiles.js';

test('what is read is what was written', () => {
  expect(decodePprof(encodePprof(rich))).toEqual(rich);
});

test('off-CPU time keeps its nanoseconds', () => {
  const blocked = profile(0, 15_000, {
    kind: 'offcpu',
    periodNs: 1,
    stacks: [stack('app', [named('wait')], 2 ** 45 + 1)],
  });
  expect(decodePprof(encodePprof(blocked))).toEqual(blocked);
});

test.each([
  ['nothing', new Uint8Array()],
  ['text', Buffer.from('not a profile at all')],
  ['a half', encodePprof(rich).slice(0, 200)],
])('refuses %s', (_, bytes) => {
  expect(() => decodePprof(bytes)).toThrow();
});
