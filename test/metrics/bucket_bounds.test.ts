import { describe, expect, it } from 'vitest';
import type { BucketsSpec } from '../../src/config/bucket_schema.js';
import { bucketBounds, slotsInKey } from '../../src/metrics/bucket_bounds.js';
import { type BindingOptions, bindingOf } from '../harness/metric_binding.js';

const histogram = {
  kind: 'histogram',
  field: { buckets: { offset: 0, count: 5, size: 8 } },
} as const;
const boundsOf = (slots: number, options: BindingOptions = {}, isTime = false) =>
  bucketBounds(bindingOf({ read: histogram, ...options }).spec, slots, isTime);
const bucketsOf = (slots: number, options: BindingOptions, isTime = false) => {
  const bounds = boundsOf(slots, options, isTime);
  return Array.from({ length: slots }, (_, slot) => bounds.bucketOf(slot));
};

const floor = { kind: 'exp2', edges: 'floor' } as const;
const ceil = { kind: 'exp2', edges: 'ceil' } as const;

describe('the bounds of a histogram', () => {
  it.each<[string, number, BindingOptions, number[], number[]]>([
    ['powers of two', 5, {}, [1, 2, 4, 8], [0, 1, 2, 3, 4]],
    ['KiB', 3, { unit: 'kib' }, [1024, 2048], [0, 1, 2]],
    ['a lowest bound', 5, { buckets: { kind: 'exp2', min: 4 } }, [4, 8], [0, 0, 0, 1, 2]],
    ['a highest bound', 5, { buckets: { kind: 'exp2', max: 2 } }, [1, 2], [0, 1, 2, 2, 2]],
    ['bounds beyond the slots', 4, { buckets: { kind: 'exp2', min: 0.1, max: 100 } }, [1, 2, 4], [0, 1, 2, 3]],
    ['a lowest bound above the slots', 4, { buckets: { kind: 'exp2', min: 64 } }, [4], [0, 0, 0, 1]],
    ['equal steps', 4, { buckets: { kind: 'linear', start: 10, step: 5 } }, [15, 20, 25], [0, 1, 2, 3]],
    ['steps up to a maximum', 5, { buckets: { kind: 'linear', start: 0, step: 2, max: 4 } }, [2, 4], [0, 1, 2, 2, 2]],
    ['steps of a tenth', 4, { buckets: { kind: 'linear', start: 0, step: 0.1 } }, [0.1, 0.2, 0.3], [0, 1, 2, 3]],
    ['listed bounds', 4, { buckets: { kind: 'bounds', bounds: [0.1, 1, 7] } }, [0.1, 1, 7], [0, 1, 2, 3]],
    ['a bound for every slot', 2, { buckets: { kind: 'bounds', bounds: [1, 7] } }, [1, 7], [0, 1]],
    ['more slots than bounds', 4, { buckets: { kind: 'bounds', bounds: [1, 7] } }, [1, 7], [0, 1, 2, 2]],
    [
      'slots with numbers of their own',
      6,
      { buckets: { kind: 'bounds', bounds: [1, 4], slots: [1, 4] } },
      [1, 4],
      [0, 0, 1, 1, 1, 2],
    ],
    ['one slot', 1, {}, [], [0]],
  ])('are right for %s', (_, slots, options, upper, buckets) => {
    const bounds = boundsOf(slots, options);
    expect(bounds.upper).toEqual(upper);
    expect(Array.from({ length: slots }, (_, slot) => bounds.bucketOf(slot))).toEqual(buckets);
    expect(bounds.bucketOf(1_000_000)).toBe(upper.length);
  });

  it('have at least one bound, even if the range is empty', () => {
    expect(boundsOf(5, { buckets: { kind: 'exp2', min: 4, max: 1 } }).upper).toEqual([4]);
    expect(boundsOf(5, { buckets: { kind: 'linear', start: 10, step: 5, max: 3 } }).upper).toEqual([15]);
  });

  it('round a limit in seconds to the nearest power of two', () => {
    const buckets = { kind: 'exp2', min: 1.4e-9, max: 3e-9 } as const;
    expect(boundsOf(5, { unit: 'ns', buckets }, true).upper).toEqual([2 ** -29, 2 ** -28]);
    expect(bucketsOf(5, { unit: 'ns', buckets }, true)).toEqual([0, 0, 1, 2, 2]);
  });

  it('end with the slots', () => {
    expect(boundsOf(4, { buckets: { kind: 'linear', start: 0, step: 2, max: 100 } }).upper).toEqual([2, 4, 6]);
  });

  it('have limits in bytes for sizes in KiB', () => {
    const buckets = { kind: 'exp2', min: 2048, max: 4096 } as const;
    expect(boundsOf(6, { unit: 'kib', buckets }).upper).toEqual([2048, 4096]);
    expect(bucketsOf(6, { unit: 'kib', buckets })).toEqual([0, 0, 1, 2, 2, 2]);
  });

  it('are powers of two of a second for struct time_histogram', () => {
    expect(boundsOf(4, { unit: 'ns' }, true).upper).toEqual([2 ** -30, 2 ** -29, 2 ** -28]);
    const buckets = { kind: 'exp2', min: 1e-9, max: 2e-9 } as const;
    expect(boundsOf(4, { unit: 'ns', buckets }, true).upper).toEqual([2 ** -30, 2 ** -29]);
  });

  it.each<[string, string | undefined, BucketsSpec, number[]]>([
    ['whole things', undefined, floor, [1, 3, 7]],
    ['whole things, with a slot for zeros', undefined, { ...floor, zero: true }, [0, 1, 3]],
    ['whole things, rounded up', undefined, ceil, [1, 2, 4]],
    ['whole things, rounded up, with a slot for zeros', undefined, { ...ceil, zero: true }, [0, 1, 2]],
    ['bytes', 'bytes', floor, [1, 3, 7]],
    ['sectors', 'sectors', floor, [512, 3 * 512, 7 * 512]],
    ['pages', '4KiB', floor, [4096, 3 * 4096, 7 * 4096]],
    ['bytes cut to KiB', 'kib', floor, [2048, 4096, 8192]],
    ['durations cut to microseconds', 'us', floor, [2e-6, 4e-6, 8e-6]],
    ['durations cut to microseconds, with a slot for zeros', 'us', { ...floor, zero: true }, [1e-6, 2e-6, 4e-6]],
    ['nanoseconds, rounded up', 'ns', ceil, [1e-9, 2e-9, 4e-9]],
    ['ticks of 10 ms', '10ms', floor, [0.02, 0.04, 0.08]],
    ['hours', 'h', ceil, [3600, 7200, 14_400]],
    ['a factor', '0.25', floor, [0.25, 0.75, 1.75]],
    ['a range of floor slots', undefined, { ...floor, min: 3, max: 3 }, [3]],
    ['whole steps', undefined, { kind: 'linear', edges: 'floor', start: 0, step: 10 }, [9, 19, 29]],
    ['steps of a duration', 'ms', { kind: 'linear', edges: 'floor', start: 0, step: 0.01 }, [0.01, 0.02, 0.03]],
    ['steps of whole sectors', 'sectors', { kind: 'linear', edges: 'floor', start: 0, step: 1024 }, [512, 1536, 2560]],
  ])('are right for slots of %s', (_, unit, buckets, upper) => {
    expect(boundsOf(4, { ...(unit !== undefined && { unit }), buckets }).upper).toEqual(upper);
  });

  it.each<[string, string | undefined, BucketsSpec, (value: number) => number]>([
    ['floor', undefined, floor, (value) => (value < 2 ? 0 : Math.floor(Math.log2(value)))],
    ['floor and zeros', undefined, { ...floor, zero: true }, (v) => (v === 0 ? 0 : Math.floor(Math.log2(v)) + 1)],
    ['ceil', undefined, ceil, (value) => (value < 2 ? 0 : Math.ceil(Math.log2(value)))],
    ['ceil and zeros', undefined, { ...ceil, zero: true }, (v) => (v === 0 ? 0 : Math.ceil(Math.log2(v)) + 1)],
    ['linear', undefined, { kind: 'linear', start: 0, step: 3 }, (value) => Math.max(Math.ceil(value / 3) - 1, 0)],
    ['linear, floor', undefined, { kind: 'linear', edges: 'floor', start: 0, step: 3 }, (v) => Math.floor(v / 3)],
  ])('hold every whole number that a program counts in their slot: %s', (_, unit, buckets, slotOf) => {
    const bounds = boundsOf(12, { ...(unit !== undefined && { unit }), buckets });
    for (let value = 0; value <= 30; value++) {
      const bucket = bounds.bucketOf(slotOf(value));
      expect(bounds.upper[bucket]).toBeGreaterThanOrEqual(value);
      if (bucket > 0) expect(bounds.upper[bucket - 1]).toBeLessThan(value);
    }
  });

  it('leave no slot out when the slot is in the key', () => {
    const key = { field: 'slot' };
    expect(slotsInKey({ kind: 'exp2', key })).toBe(65);
    expect(slotsInKey({ kind: 'exp2', key, last: 27 })).toBe(28);
    expect(slotsInKey({ kind: 'linear', start: 0, step: 10, max: 1000, key })).toBe(101);
    expect(slotsInKey({ kind: 'linear', start: 0, step: 10, last: 100, key })).toBe(101);
    expect(slotsInKey({ kind: 'bounds', bounds: [1, 2, 3], key })).toBe(3);
  });
});
