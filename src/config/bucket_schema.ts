/** `buckets`: which bounds a histogram shows, and where its slots are. */
import type { z } from 'zod';
import { mapping } from './mapping_schema.js';
import { mustBe, refuse } from './sentences.js';
import { path, quantity } from './value_schema.js';

const positive = mustBe('above 0');

export const buckets = mapping(
  {
    min: quantity.optional(),
    max: quantity.optional(),
    linear: mapping({ start: quantity, step: quantity }, 'a mapping such as { start: 0, step: 10 }').optional(),
    key: path.optional(),
    count: path.optional(),
    sum: path.optional(),
  },
  'a mapping such as { min: 1us, max: 16s }',
).check(({ value, issues }) => {
  const { min, max, linear, key } = value;
  if (linear) {
    if (min) {
      refuse(
        issues,
        ['min'],
        '{path}: not allowed together with `linear`',
        'Linear buckets begin at `linear.start`: remove `min`.',
      );
    }
    if (linear.step.value <= 0) refuse(issues, ['linear', 'step'], positive);
    if (max && max.value <= linear.start.value) refuse(issues, ['max'], mustBe('above `linear.start`'));
  } else {
    if (min && min.value <= 0) refuse(issues, ['min'], positive);
    if (max && max.value <= 0) refuse(issues, ['max'], positive);
    else if (min && max && min.value > max.value) refuse(issues, ['min'], '{path} must not be above `max`');
  }
  if (key !== undefined) return;
  for (const name of ['count', 'sum'] as const) {
    if (value[name] === undefined) continue;
    const remedy = `\`${name}\` is for maps with one entry per bucket: name the bucket's field with \`key\`, or remove \`${name}\`.`;
    refuse(issues, [name], '{path} is only allowed together with `key`', remedy);
  }
});

/** The buckets of a histogram. Numbers are in base units, as `le` shows them. */
export type BucketsSpec = (
  | { readonly kind: 'exp2'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'linear'; readonly start: number; readonly step: number; readonly max?: number }
) & {
  /** Present when the slot number is a field of the key: every bucket is an entry of the map. */
  readonly key?: { readonly field: string; readonly count?: string; readonly sum?: string };
};

export function bucketsOf({ min, max, linear, key, count, sum }: z.output<typeof buckets>): BucketsSpec {
  return {
    ...(linear
      ? { kind: 'linear' as const, start: linear.start.value, step: linear.step.value }
      : { kind: 'exp2' as const, ...(min && { min: min.value }) }),
    ...(max && { max: max.value }),
    ...(key !== undefined && {
      key: { field: key, ...(count !== undefined && { count }), ...(sum !== undefined && { sum }) },
    }),
  };
}
