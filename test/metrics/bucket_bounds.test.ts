import { describe, expect, it } from 'vitest';
import { bucketBounds } from '../../src/metrics/bucket_bounds.js';
import { type BindingOptions, bindingOf } from '../harness/metric_binding.js';

const histogram = {
  kind: 'histogram',
  field: { buckets: { offset: 0, count: 5, size: 8 } },
} as const;
const boundsOf = (slots: number, options: BindingOptions = {}) =>
  bucketBounds(bindingOf({ read: histogram, ...options }).spec, slots);
const bucketsOf = (slots: number, options: BindingOptions = {}) => {
  const bounds = boundsOf(slots, options);
  return Array.from({ length: slots }, (_, slot) => bounds.bucketOf(slot));
};

describe('the bounds of a histogram', () => {
  it.each<[string, number, BindingOptions, number[], number[]]>([
    ['powers of two', 5, {}, [1, 2, 4, 8], [0, 1, 2, 3, 4]],
    ['times', 4, { unit: 'ns' }, [2 ** -30, 2 ** -29, 2 ** -28], [0, 1, 2, 3]],
    ['KiB', 3, { unit: 'kib' }, [1024, 2048], [0, 1, 2]],
    ['a lowest bound', 5, { buckets: { kind: 'exp2', min: 4 } }, [4, 8], [0, 0, 0, 1, 2]],
    ['a highest bound', 5, { buckets: { kind: 'exp2', max: 2 } }, [1, 2], [0, 1, 2, 2, 2]],
    ['bounds beyond the slots', 4, { buckets: { kind: 'exp2', min: 0.1, max: 100 } }, [1, 2, 4], [0, 1, 2, 3]],
    ['a lowest bound above the slots', 4, { buckets: { kind: 'exp2', min: 64 } }, [4], [0, 0, 0, 1]],
    ['equal steps', 4, { buckets: { kind: 'linear', start: 10, step: 5 } }, [15, 20, 25], [0, 1, 2, 3]],
    ['steps up to a maximum', 5, { buckets: { kind: 'linear', start: 0, step: 2, max: 4 } }, [2, 4], [0, 1, 2, 2, 2]],
    ['steps of a tenth', 4, { buckets: { kind: 'linear', start: 0, step: 0.1 } }, [0.1, 0.2, 0.3], [0, 1, 2, 3]],
    ['one slot', 1, {}, [], [0]],
  ])('are right for %s', (_, slots, options, upper, buckets) => {
    const bounds = boundsOf(slots, options);
    expect(bounds.upper).toEqual(upper);
    expect(bucketsOf(slots, options)).toEqual(buckets);
    expect(bounds.bucketOf(1_000_000)).toBe(upper.length);
  });

  it('have at least one bound, even if the range is empty', () => {
    expect(boundsOf(5, { buckets: { kind: 'exp2', min: 4, max: 1 } }).upper).toEqual([4]);
    expect(boundsOf(5, { buckets: { kind: 'linear', start: 10, step: 5, max: 3 } }).upper).toEqual([15]);
  });

  it('round a limit in seconds to the nearest power of two', () => {
    const buckets = { kind: 'exp2', min: 1.4e-9, max: 3e-9 } as const;
    expect(boundsOf(5, { unit: 'us', buckets }).upper).toEqual([2 ** -29, 2 ** -28]);
    expect(bucketsOf(5, { unit: 'us', buckets })).toEqual([0, 0, 1, 2, 2]);
  });

  it('end with the slots', () => {
    expect(boundsOf(4, { buckets: { kind: 'linear', start: 0, step: 2, max: 100 } }).upper).toEqual([2, 4, 6]);
  });

  it('have limits in bytes for sizes in KiB', () => {
    const buckets = { kind: 'exp2', min: 2048, max: 4096 } as const;
    expect(boundsOf(6, { unit: 'kib', buckets }).upper).toEqual([2048, 4096]);
    expect(bucketsOf(6, { unit: 'kib', buckets })).toEqual([0, 0, 1, 2, 2, 2]);
  });
});
