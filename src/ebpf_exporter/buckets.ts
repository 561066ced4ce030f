import type { BucketsSpec } from '../config/bucket_schema.js';
import { slotLimit } from '../config/slot_limit.js';
import type { ForeignHistogram } from './file_schema.js';

/**
 * The buckets of a histogram. Powers of two and linear slots have no upper bound for the last one: programs put everything above into
 * it, so it counts in +Inf. The slot after the last has the sum.
 * @param field of the key with the slot
 * @returns text about what is wrong
 */
export function translateBuckets(histogram: ForeignHistogram, field: string): BucketsSpec | string {
  const { bucket_type: type, bucket_min: first, bucket_max: last, bucket_keys: keys } = histogram;
  const shared = { kind: 'bounds', sum: 'after_last', key: { field } } as const;
  const boundOf = bound(type, histogram.bucket_multiplier || 1);
  if (type === 'fixed') {
    if (keys.length === 0) return '`bucket_keys` must list at least one key';
    if (keys.some((key, index) => index > 0 && key <= keys[index - 1]!)) return '`bucket_keys` must ascend';
    return { ...shared, bounds: keys.map(boundOf), slots: keys, last: keys.at(-1)! };
  }
  if (last <= first) return '`bucket_max` must be above `bucket_min`';
  if (last - first > slotLimit) return `\`bucket_max\` must be at most ${slotLimit} above \`bucket_min\``;
  const slots = Array.from({ length: last - first }, (_, index) => first + index);
  return { ...shared, bounds: slots.map(boundOf), slots, last };
}

/** The bound of a slot, as ebpf_exporter shows it. */
function bound(type: ForeignHistogram['bucket_type'], multiplier: number): (slot: number) => number {
  switch (type) {
    case 'exp2':
      return (slot) => 2 ** slot * multiplier;
    case 'exp2zero':
      return (slot) => (slot === 0 ? 0 : 2 ** (slot - 1) * multiplier);
    default:
      return (slot) => slot * multiplier;
  }
}
