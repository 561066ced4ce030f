/** `events`: streams of the records that programs write into a ring buffer or a perf buffer. */
import { z } from 'zod';
import { mapping } from './mapping_schema.js';
import { structText, symbolName } from './names.js';
import { mustBe, mustListOne, refuse } from './sentences.js';
import { integer, map, named, path } from './value_schema.js';

const wholeError = mustBe('a whole number of at most 64 bits');
const whole = z.union(
  [
    z.int({ error: wholeError }),
    z
      .bigint()
      .min(-(2n ** 63n), wholeError)
      .max(2n ** 64n - 1n, wholeError),
  ],
  { error: wholeError },
);

const constantError = mustBe('a whole number, true, false, or text');
const constant = z.union([whole, z.boolean(), z.string().max(256, constantError)], { error: constantError });
const constants = z.union(
  [constant, z.array(constant).min(1, mustListOne('value')).max(64, '{path} must list at most 64 values')],
  { error: mustBe('a value or a list of values') },
);

const ranged = mapping(
  {
    in: constants.optional(),
    not: constants.optional(),
    min: whole.optional(),
    max: whole.optional(),
    mask: whole.optional(),
  },
  'a value, or a mapping such as { min: 0 }, { in: [1, 2] }, { not: 0 } or { mask: 4 }',
).check(({ value: { min, max, ...others }, issues }) => {
  if (issues.length > 0) return;
  if (min !== undefined && max !== undefined && min > max) refuse(issues, ['min'], '{path} must not be above `max`');
  if (min === undefined && max === undefined && Object.values(others).every((one) => one === undefined)) {
    refuse(issues, [], '{path} must have at least one of `in`, `not`, `min`, `max` and `mask`');
  }
});

const condition = z.union([constants, ranged], {
  error: mustBe(
    'a value, a list of values, or a mapping such as { min: 0 }, { in: [1, 2] }, { not: 0 } or { mask: 4 }',
  ),
});

const stream = mapping(
  {
    buffer: map,
    type: named(
      new RegExp(`^(?:struct |union )?[A-Za-z_]\\w{0,127}$|${structText.source}`),
      'the name of a struct of the program, such as struct event, or a struct as in C, such as "struct { u32 pid; char comm[16]; }"',
    ).transform((name) => name.replace(/^(?:struct|union) (?!\s*\{)/, '')),
    where: z.record(path, condition, { error: mustBe('a mapping of fields to values') }).optional(),
    max_entries: integer(1, 1_000_000).optional(),
    pages: integer(1, 4096)
      .refine((pages) => Math.log2(pages) % 1 === 0, { error: mustBe('a power of two from 1 to 4096') })
      .optional(),
  },
  'a mapping such as { buffer: events, type: struct event }',
).transform(
  ({ buffer, type, where, max_entries, pages }): StreamSpec => ({
    buffer,
    type,
    where: Object.entries(where ?? {}).map(([field, written]) => ({ field, ...conditionOf(written) })),
    maxEntries: max_entries ?? 10_240,
    pages: pages ?? 64,
  }),
);

export const streamName = named(symbolName, 'the name of a stream under `events`');
export const events = z.record(streamName, stream, {
  error: mustBe('a mapping such as opened: { buffer: events, type: struct event }'),
});

export type Constant = z.output<typeof constant>;
type Whole = z.output<typeof whole>;

/** What a field must be for a record to count. */
export interface Condition {
  readonly in?: readonly Constant[];
  readonly not?: readonly Constant[];
  readonly min?: Whole;
  readonly max?: Whole;
  /** The other settings look at these bits only; without any, one of the bits must be set. */
  readonly mask?: Whole;
}

/** The records of one buffer that are of one type and meet all conditions. */
export interface StreamSpec {
  /** The map. */
  readonly buffer: string;
  /** The name of the struct, without the keyword. */
  readonly type: string;
  readonly where: readonly (Condition & { readonly field: string })[];
  /** Most label sets that are counted at a time. */
  readonly maxEntries: number;
  /** Pages of a perf buffer on each CPU. */
  readonly pages: number;
}

function conditionOf(written: z.output<typeof condition>): Condition {
  if (typeof written !== 'object' || Array.isArray(written)) return { in: [written].flat() };
  const { in: wanted, not, min, max, mask } = written;
  return {
    ...(wanted !== undefined && { in: [wanted].flat() }),
    ...(not !== undefined && { not: [not].flat() }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(mask !== undefined && { mask }),
  };
}
