import type { BucketsSpec } from '../config/bucket_schema.js';
import type { MetricSpec } from '../config/probe_schema.js';
import { type Unit, unitOf } from '../config/units.js';

/** Without `min` and `max`, powers of two from a microsecond to 16 seconds, and of other numbers from 1 to 2^30. */
const usualSeconds = { min: 2 ** -20, max: 2 ** 4 };
const usual = { min: 1, max: 2 ** 30 };

/** The upper bounds of a histogram of events, ascending, in base units. */
export function eventBounds({ buckets = { kind: 'exp2' }, unit }: MetricSpec): number[] {
  switch (buckets.kind) {
    case 'bounds':
      return [...buckets.bounds];
    case 'linear':
      return linearBounds(buckets);
    case 'exp2':
      return powers(buckets, unitOf(unit));
  }
}

/** The largest number of the program that a bucket with this bound counts. */
export function rawBound(bound: number, { times, per }: Unit): bigint {
  const raw = (bound * per) / times;
  const nearest = Math.round(raw);
  // 0.001 s are a million nanoseconds, whatever the last bit of the product says.
  const whole = Math.abs(raw - nearest) <= Math.abs(raw) * 1e-12 ? nearest : Math.floor(raw);
  return BigInt(Math.max(0, Math.min(whole, 2 ** 63)));
}

type Kind<K extends BucketsSpec['kind']> = BucketsSpec & { readonly kind: K };

function linearBounds({ start, step, max }: Kind<'linear'>): number[] {
  const count = Math.max(1, Math.round((max! - start) / step) + 1);
  // 15 digits: 0.30000000000000004 is rounding noise.
  return Array.from({ length: count }, (_, i) => Number((start + i * step).toPrecision(15)));
}

function powers({ min, max }: Kind<'exp2'>, { base }: Unit): number[] {
  const range = base === 'seconds' ? usualSeconds : usual;
  const first = Math.round(Math.log2(min ?? Math.min(range.min, max ?? range.min)));
  const last = Math.round(Math.log2(max ?? Math.max(range.max, min ?? range.max)));
  return Array.from({ length: last - first + 1 }, (_, i) => 2 ** (first + i));
}
