/** The slots of `hist()` and `lhist()`, as bpftrace has them, and their bounds for Prometheus. */
import type { Aggregation } from '../check/map_table.js';

type Histogram = Extract<Aggregation, { kind: 'hist' | 'lhist' }>;

/** More are a mistake: each key has all of them on each CPU. */
export const mostSlots = 1002;

/** How many slots there are. That of negative numbers, or of those below the minimum, is the first. */
export function slotsOf(histogram: Histogram): number {
  if (histogram.kind === 'lhist')
    return Number((histogram.max - histogram.min + histogram.step - 1n) / histogram.step) + 2;
  const { bits } = histogram;
  return (64 - bits) * 2 ** bits + 1;
}

/**
 * The largest whole number that each slot counts, in ascending order. The last slot has no bound: `+Inf`.
 * Numbers above 2^53 are the nearest that a double has.
 */
export function boundsOf(histogram: Histogram): number[] {
  const last = slotsOf(histogram) - 1;
  if (histogram.kind === 'lhist') {
    const { min, max, step } = histogram;
    return Array.from({ length: last }, (_, slot) => {
      const end = min + BigInt(slot) * step;
      return Number((end < max ? end : max) - 1n);
    });
  }
  const { bits } = histogram;
  return Array.from({ length: last }, (_, slot) => (slot === 0 ? -1 : Number(lastOf(slot - 1, bits))));
}

/** The last number of an interval: below 2^bits each number has its own, above 2^bits intervals share a power of two. */
function lastOf(index: number, bits: number): bigint {
  const intervals = 2 ** bits;
  if (index < intervals) return BigInt(index);
  const order = BigInt(Math.floor(index / intervals) + bits - 1);
  const within = BigInt(index % intervals);
  const width = 1n << (order - BigInt(bits));
  return (BigInt(intervals) + within + 1n) * width - 1n;
}
