import { expect, test } from 'vitest';
import type { BucketsSpec } from '../../src/config/bucket_schema.js';
import type { MetricSpec } from '../../src/config/probe_schema.js';
import { unitOf } from '../../src/config/units.js';
import { eventBounds, rawBound } from '../../src/events/event_buckets.js';

const bounds = (unit?: string, buckets?: BucketsSpec) =>
  eventBounds({ ...(unit && { unit }), ...(buckets && { buckets }) } as MetricSpec);

test('powers of two cover a microsecond to 16 seconds, or 1 to 2^30, or what `min` and `max` say', () => {
  const seconds = bounds('ns');
  expect([seconds.length, seconds[0], seconds.at(-1)]).toEqual([25, 2 ** -20, 16]);
  const numbers = bounds();
  expect([numbers.length, numbers[0], numbers.at(-1)]).toEqual([31, 1, 2 ** 30]);
  expect(bounds('us', { kind: 'exp2', min: 0.5, max: 2 })).toEqual([0.5, 1, 2]);
  expect(bounds(undefined, { kind: 'exp2', min: 2 ** 31 })).toEqual([2 ** 31]);
});

test('linear buckets end at `max`, without rounding noise', () => {
  expect(bounds(undefined, { kind: 'linear', start: 0.1, step: 0.1, max: 0.4 })).toEqual([0.1, 0.2, 0.3, 0.4]);
});

test.each([
  [0.001, 'ns', 1_000_000n],
  [0.3, 'us', 300_000n],
  [2 ** -20, 'ns', 953n],
  [4096, 'kib', 4n],
  [5, 'kib', 0n],
  [2.5, undefined, 2n],
  [-1, undefined, 0n],
  [1e300, undefined, 2n ** 63n],
])('the bound %d in %s is the number %d of the program', (bound, unit, raw) => {
  expect(rawBound(bound, unitOf(unit))).toBe(raw);
});
