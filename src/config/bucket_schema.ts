/** `buckets`: what the slots of a histogram count, where they are, and which bounds are shown. */
import { z } from 'zod';
import { mapping } from './mapping_schema.js';
import { mustBe, refuse } from './sentences.js';
import { slotLimit } from './slot_limit.js';
import { integer, path, quantity } from './value_schema.js';

const positive = mustBe('above 0');

export const buckets = mapping(
  {
    edges: z.enum(['floor', 'ceil'], { error: mustBe('floor or ceil') }).optional(),
    zero: z.boolean({ error: mustBe('true or false') }).optional(),
    linear: mapping({ start: quantity, step: quantity }, 'a mapping such as { start: 0, step: 10 }').optional(),
    bounds: z
      .array(quantity, { error: mustBe('a list of ascending bounds such as [1ms, 10ms, 100ms]') })
      .min(1, '{path} must list at least one bound')
      .max(slotLimit, `{path} must list at most ${slotLimit} bounds`)
      .optional(),
    min: quantity.optional(),
    max: quantity.optional(),
    last: integer(1, slotLimit - 1).optional(),
    key: path.optional(),
    count: path.optional(),
    sum: path.optional(),
  },
  'a mapping such as { min: 1us, max: 16s }',
).check(({ value, issues }) => {
  if (value.bounds) checkBounds(value, issues);
  else if (value.linear) checkLinear(value, issues);
  else checkPowers(value, issues);
  if (value.key !== undefined) {
    if (value.sum !== 'after_last' || value.last !== undefined) return;
    const remedy = 'Say the number of the last slot: `last: 26`. The sum is then in slot 27.';
    refuse(issues, ['sum'], '{path}: `after_last` needs `last` if `key` is set', remedy);
  } else if (value.count !== undefined) {
    const remedy =
      "`count` is for maps with one entry per bucket: name the bucket's field with `key`, or remove `count`.";
    refuse(issues, ['count'], '{path} is only allowed together with `key`', remedy);
  }
});

type Buckets = z.output<typeof buckets>;
type Issues = z.core.$ZodRawIssue[];

function checkBounds({ bounds = [], last, ...others }: Buckets, issues: Issues): void {
  for (const name of ['edges', 'zero', 'linear', 'min', 'max'] as const) {
    if (others[name] === undefined) continue;
    const remedy = `\`bounds\` lists the largest value of each slot: remove \`${name}\`.`;
    refuse(issues, [name], '{path}: not allowed together with `bounds`', remedy);
  }
  for (const [index, { value }] of bounds.entries()) {
    if (index > 0 && !(value > bounds[index - 1]!.value)) {
      refuse(issues, ['bounds', index], '{path} must be above the bound before it');
    }
  }
  if (last === undefined || last >= bounds.length - 1) return;
  const remedy = `Set it to ${bounds.length}, or remove it: the slot after the last bound counts what is above.`;
  refuse(issues, ['last'], '{path} must not be below the slot of the last bound', remedy);
}

function checkLinear({ linear, zero, min, max, key, last }: Buckets, issues: Issues): void {
  const { start, step } = linear!;
  if (min) {
    const remedy = 'Linear buckets begin at `linear.start`: remove `min`.';
    refuse(issues, ['min'], '{path}: not allowed together with `linear`', remedy);
  }
  if (zero !== undefined) {
    const remedy = 'Begin one step lower: with `{ start: -10, step: 10 }` the bound of slot 0 is 0.';
    refuse(issues, ['zero'], '{path}: not allowed together with `linear`', remedy);
  }
  if (step.value <= 0) refuse(issues, ['linear', 'step'], positive);
  else if (max && max.value <= start.value) refuse(issues, ['max'], mustBe('above `linear.start`'));
  else if (max && (max.value - start.value) / step.value > slotLimit) {
    refuse(issues, ['max'], `{path} must be at most ${slotLimit} steps above \`linear.start\``);
  }
  if (key === undefined || max || last !== undefined) return;
  const remedy = 'Nothing else says how many slots there are: add `max`, the last bound, or `last`, the last slot.';
  refuse(issues, ['linear'], '{path} needs `max` or `last` if `key` is set', remedy);
}

function checkPowers({ min, max }: Buckets, issues: Issues): void {
  if (min && min.value <= 0) refuse(issues, ['min'], positive);
  if (max && max.value <= 0) refuse(issues, ['max'], positive);
  else if (min && max && min.value > max.value) refuse(issues, ['min'], '{path} must not be above `max`');
}

/** Where slots begin and end: `floor` [a, b), `ceil` (a, b]. */
type Edges = 'floor' | 'ceil';

/** The buckets of a histogram. Numbers are in base units, as `le` shows them. */
export type BucketsSpec = (
  | {
      readonly kind: 'exp2';
      readonly edges?: Edges;
      /** Slot 0 counts zeros only. */
      readonly zero?: true;
      readonly min?: number;
      readonly max?: number;
    }
  | {
      readonly kind: 'linear';
      readonly edges?: Edges;
      readonly start: number;
      readonly step: number;
      readonly max?: number;
    }
  | {
      readonly kind: 'bounds';
      readonly bounds: readonly number[];
      /** What the key has for each bound, ascending; omitted for 0, 1, 2, ... */
      readonly slots?: readonly number[];
    }
) & {
  /** The last slot. */
  readonly last?: number;
  /** The field of the sum, `after_last` for the slot after the last, or `none`. */
  readonly sum?: string;
  /** Present when every bucket is an entry of the map: the field with the slot, and the field with the count. */
  readonly key?: { readonly field: string; readonly count?: string };
};

export function bucketsOf({ edges, zero, linear, bounds, min, max, last, key, count, sum }: Buckets): BucketsSpec {
  const shared = {
    ...(edges && { edges }),
    ...(max && { max: max.value }),
    ...(last !== undefined && { last }),
    ...(sum !== undefined && { sum }),
    ...(key !== undefined && { key: { field: key, ...(count !== undefined && { count }) } }),
  };
  if (bounds) return { kind: 'bounds', ...shared, bounds: bounds.map(({ value }) => value) };
  if (linear) return { kind: 'linear', ...shared, start: linear.start.value, step: linear.step.value };
  return { kind: 'exp2', ...shared, ...(zero && { zero }), ...(min && { min: min.value }) };
}
