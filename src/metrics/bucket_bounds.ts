import type { MetricSpec } from '../config/probe_schema.js';
import { units } from '../config/units.js';

/** Slots of a histogram whose buckets are entries of the map: enough for the ceil(log2) of any 64-bit number. */
export const slotsInKey = 65;
/** Slot 0 of a time ends at 2^-30 s. */
const timeShift = -30;

/** The buckets of a histogram, and the bucket that counts each slot. */
export interface BucketBounds {
  /** Upper bounds in base units, ascending, without +Inf. */
  readonly upper: readonly number[];
  /** The bucket that counts a slot; `upper.length`, which is +Inf, for every slot above the last bound. */
  bucketOf(slot: number): number;
}

/**
 * The bounds of a metric whose histogram has `slots` slots; the last slot has no upper bound. Slots below the first
 * bucket count in it and slots above the last one in +Inf, so cumulative counts stay exact.
 */
export function bucketBounds(spec: MetricSpec, slots: number): BucketBounds {
  const finite = Math.max(slots - 1, 0);
  const { bound, first, last } = spec.buckets?.kind === 'linear' ? linear(spec.buckets, finite) : powers(spec, finite);
  const upper: number[] = [];
  for (let slot = first; slot <= last; slot++) upper.push(bound(slot));
  return { upper, bucketOf: (slot) => (slot > last ? upper.length : Math.max(slot - first, 0)) };
}

interface Range {
  bound(slot: number): number;
  readonly first: number;
  readonly last: number;
}

function linear({ start, step, max }: { start: number; step: number; max?: number }, finite: number): Range {
  // 15 digits: 0.30000000000000004 is rounding noise.
  const bound = (slot: number) => Number((start + (slot + 1) * step).toPrecision(15));
  const last = max === undefined ? finite - 1 : Math.round((max - start) / step) - 1;
  return { bound, first: 0, last: clamp(last, 0, finite - 1) };
}

function powers({ unit, buckets }: MetricSpec, finite: number): Range {
  const isTime = unit !== undefined && units[unit].base === 'seconds';
  const scale = unit === undefined || isTime ? 1 : 1 / units[unit].per;
  const shift = isTime ? timeShift : 0;
  const slotOf = (bound: number) => Math.round(Math.log2(bound / scale)) - shift;
  const { min, max } = buckets?.kind === 'exp2' ? buckets : {};
  const first = min === undefined ? 0 : clamp(slotOf(min), 0, finite - 1);
  const last = max === undefined ? finite - 1 : clamp(slotOf(max), first, finite - 1);
  return { bound: (slot) => 2 ** (slot + shift) * scale, first, last };
}

function clamp(value: number, lowest: number, highest: number): number {
  return Math.max(lowest, Math.min(value, highest));
}
