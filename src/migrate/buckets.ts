/** The shape of a histogram of ebpf_exporter, in the words of a probe file. */
import { unitOf } from '../config/units.js';
import type { ForeignHistogram } from '../ebpf_exporter/file_schema.js';
import type { Value } from './yaml_text.js';

export interface MigratedBuckets {
  readonly unit: string | number | undefined;
  readonly buckets: Value;
  readonly notes: readonly string[];
}

const units = ['ns', '100ns', 'us', 'ms', 's'];

/**
 * @param field of the key with the slot
 * @param entries of the map, if it is an array
 * @returns a clause that says why a probe file cannot describe it
 */
export function migrateBuckets(
  histogram: ForeignHistogram,
  field: string,
  entries = Number.POSITIVE_INFINITY,
): MigratedBuckets | string {
  const { name, bucket_type: type, bucket_min: first, bucket_max: last } = histogram;
  if (type === 'fixed') return 'a probe file cannot say that the keys of a map are the bounds (`bucket_type: fixed`)';
  const multiplier = histogram.bucket_multiplier || 1;
  // Bounds are written in the unit of the page, as `le` shows them.
  const shape: Value =
    type === 'linear'
      ? { linear: { start: -multiplier, step: multiplier } }
      : { edges: 'ceil', ...(type === 'exp2zero' && { zero: true }) };
  const hasSum = last + 1 < entries;
  const notes = [
    ...(first > 0 ? [`${name} also has buckets for the slots below ${first}`] : []),
    ...(hasSum ? [] : [`${name} has no sum: its array ends with the last bucket`]),
  ];
  return {
    unit: unitText(name, multiplier),
    buckets: { key: field, ...shape, last, sum: hasSum ? 'after_last' : 'none' },
    notes,
  };
}

/** A unit where the name promises seconds, otherwise the factor. */
function unitText(name: string, multiplier: number): string | number | undefined {
  const isTime = /(?:^|_)seconds(?:_|$)/.test(name);
  const unit = isTime && units.find((each) => isEqual(factorOf(each), multiplier));
  if (unit) return unit;
  return multiplier === 1 ? undefined : multiplier;
}

function factorOf(unit: string): number {
  const { times, per } = unitOf(unit);
  return times / per;
}

const isEqual = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.abs(b);
