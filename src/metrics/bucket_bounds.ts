import type { BucketsSpec } from '../config/bucket_schema.js';
import type { MetricSpec } from '../config/probe_schema.js';
import { type Unit, unitOf } from '../config/units.js';

/** Enough for the logarithm of any 64-bit number, if the probe file does not say what the last slot is. */
const powersOf64Bits = 65;
/** Slot 0 of `struct time_histogram` ends at 2^-30 s. */
const timeUnit: Unit = { times: 2 ** -30, per: 1, isCut: false };

/** The buckets of a histogram, and the bucket that counts each slot. */
export interface BucketBounds {
  /** Upper bounds in base units, ascending, without +Inf. */
  readonly upper: readonly number[];
  /** The bucket that counts a slot; `upper.length`, which is +Inf, for every slot above the last bound. */
  bucketOf(slot: number): number;
}

/**
 * The bounds of a metric whose histogram has `slots` slots. Powers of two and linear slots have no upper bound for the
 * last one. Slots below the first bucket count in it and slots above the last one in +Inf, so cumulative counts stay exact.
 * @param isTime the value is a `struct time_histogram`
 */
export function bucketBounds({ unit, buckets }: MetricSpec, slots: number, isTime = false): BucketBounds {
  const { bound, first, last } = rangeOf(buckets ?? { kind: 'exp2' }, slots, isTime ? timeUnit : unitOf(unit));
  const upper: number[] = [];
  for (let slot = first; slot <= last; slot++) upper.push(bound(slot));
  const named = buckets?.kind === 'bounds' ? buckets.slots : undefined;
  if (named) return { upper, bucketOf: (slot) => bucketAbove(named, slot) };
  return { upper, bucketOf: (slot) => (slot > last ? upper.length : Math.max(slot - first, 0)) };
}

/** The first of ascending slots that is not below one; their number if all are. */
function bucketAbove(slots: readonly number[], slot: number): number {
  const found = slots.findIndex((candidate) => slot <= candidate);
  return found === -1 ? slots.length : found;
}

/** How many slots a histogram has whose slot is in the key. */
export function slotsInKey(buckets: BucketsSpec): number {
  if (buckets.last !== undefined) return buckets.last + 1;
  switch (buckets.kind) {
    case 'exp2':
      return powersOf64Bits;
    case 'linear':
      return Math.round((buckets.max! - buckets.start) / buckets.step) + 1;
    case 'bounds':
      return buckets.bounds.length;
  }
}

/** The slots that are shown as buckets of their own. */
interface Range {
  bound(slot: number): number;
  readonly first: number;
  readonly last: number;
}

function rangeOf(buckets: BucketsSpec, slots: number, unit: Unit): Range {
  const finite = Math.max(slots - 1, 0);
  switch (buckets.kind) {
    case 'exp2':
      return powers(buckets, finite, unit);
    case 'linear':
      return linear(buckets, finite, unit);
    case 'bounds': {
      const { bounds } = buckets;
      return { bound: (slot) => bounds[slot]!, first: 0, last: Math.min(bounds.length, slots) - 1 };
    }
  }
}

type Kind<K extends BucketsSpec['kind']> = BucketsSpec & { readonly kind: K };

/** The largest whole number of a slot [a, b) is b - 1. What is cut to whole units may be anything below b. */
function excluded(edges: 'floor' | 'ceil' | undefined, { isCut }: Unit): number {
  return edges === 'floor' && !isCut ? 1 : 0;
}

function linear({ start, step, max, edges }: Kind<'linear'>, finite: number, unit: Unit): Range {
  const less = (excluded(edges, unit) * unit.times) / unit.per;
  // 15 digits: 0.30000000000000004 is rounding noise.
  const bound = (slot: number) => Number((start + (slot + 1) * step - less).toPrecision(15));
  const last = max === undefined ? finite - 1 : Math.round((max - start) / step) - 1;
  return { bound, first: 0, last: clamp(last, 0, finite - 1) };
}

function powers({ min, max, edges = 'ceil', zero }: Kind<'exp2'>, finite: number, unit: Unit): Range {
  const { times, per } = unit;
  const less = excluded(edges, unit);
  // Slot i ends at 2^(i + shift). A ceil slot 0 that counts zeros only ends at 0.
  const shift = (edges === 'floor' ? 1 : 0) - (zero ? 1 : 0);
  const bound = (slot: number) => (slot + shift < 0 ? 0 : ((2 ** (slot + shift) - less) * times) / per);
  const slotOf = (wanted: number) => Math.round(Math.log2((wanted * per) / times + less)) - shift;
  const first = min === undefined ? 0 : clamp(slotOf(min), 0, finite - 1);
  const last = max === undefined ? finite - 1 : clamp(slotOf(max), first, finite - 1);
  return { bound, first, last };
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.max(lowest, Math.min(value, highest));
}
