/**
 * The shape of a probe file: the single source of its types, of the checks and of the JSON schema for editors.
 * Every `error` names what is expected, and becomes the X of "Expected X for Y but received Z".
 */
import { z } from 'zod';
import { decoder } from './decoder_schema.js';
import { mapping } from './mapping_schema.js';
import { metricRules } from './metric_rules.js';
import { fieldPath, labelName, mapName, metricName, probeName, symbolName } from './names.js';
import { alternativesRules, bucketsRules, filledMapsRules, iteratorsRules, perfEventRules } from './probe_rules.js';
import { parseDuration, parseQuantity, type Quantity, units } from './units.js';

export type { DecoderKind, DecoderSpec } from './decoder_schema.js';

const text = (error: string, maximum: number) => z.string({ error }).trim().min(1, error).max(maximum, error);
const named = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, error);
const integer = (minimum: number, maximum: number) => {
  const error = `a whole number from ${minimum} to ${maximum}`;
  return z.int({ error }).min(minimum, error).max(maximum, error);
};

const path = named(fieldPath, 'a path into a struct, such as dev, key.dev or slots[0],');
const program = named(symbolName, 'the name of a program of the object');
export const seriesLimit = integer(1, 1_000_000);
export const probeNameText = named(
  probeName,
  'the name of a probe (letters, digits, "_" and "-", a letter first, at most 64)',
);

const durationError = 'a duration of a second or more, such as 30s, 10m or 1h30m,';
const duration = z
  .string({ error: durationError })
  .refine((value) => (parseDuration(value) ?? 0) >= 1000, { error: durationError });

const quantityError = 'a number, a time such as 1us or 16s, or a size such as 1KiB,';
const quantity = z.union([z.number(), z.string()], { error: quantityError }).transform((value, context): Quantity => {
  const parsed = parseQuantity(String(value));
  if (parsed !== undefined) return parsed;
  // An exponent, as in 1e-7: fine as a number, and not what parseQuantity reads.
  if (typeof value === 'number' && Number.isFinite(value)) return { value, base: undefined };
  context.issues.push({ code: 'custom', input: value, message: quantityError });
  return z.NEVER;
});

const wholeError = 'a whole number of at most 64 bits, true, false or text,';
export const constantValue = z.union(
  [
    z.boolean(),
    z.int(),
    z
      .bigint()
      .min(-(2n ** 63n), wholeError)
      .max(2n ** 64n - 1n, wholeError),
    z.string(),
  ],
  { error: wholeError },
);
export const constants = z.record(
  named(symbolName, 'the name of a `const volatile` variable of the object'),
  constantValue,
  { error: 'a mapping of the constants of the object to their values' },
);

const mapSize = mapping({ max_entries: integer(1, 2 ** 32 - 1).optional() }, 'a mapping of settings');
export const maps = z.record(named(mapName, 'the name of a map of the object'), mapSize, {
  error: 'a mapping of the maps of the object to their settings',
});

const perfEvents = [
  'cpu-clock',
  'task-clock',
  'page-faults',
  'minor-faults',
  'major-faults',
  'context-switches',
  'cpu-migrations',
  'cycles',
  'instructions',
  'cache-references',
  'cache-misses',
  'branches',
  'branch-misses',
] as const;

const perfEvent = mapping(
  {
    program,
    event: z.enum(perfEvents, { error: 'a perf event' }),
    frequency: integer(1, 10_000).optional(),
    period: integer(1, Number.MAX_SAFE_INTEGER).optional(),
  },
  'a mapping such as { program: sample, event: cpu-clock, frequency: 99 }',
).check(perfEventRules);

const iterator = mapping(
  {
    program,
    fills: z
      .array(named(mapName, 'the name of a map of the object'), { error: 'a list of maps of the object' })
      .min(1, 'at least one map')
      .optional(),
  },
  'a mapping such as { program: list_tasks, fills: [tasks] }',
).transform(({ program, fills }) => ({ program, fills: fills ?? [] }));

const programs = mapping(
  {
    alternatives: z
      .array(
        z
          .array(program, { error: 'a list of programs, of which the first that works is used,' })
          .min(1, 'at least one program'),
        { error: 'a list of lists of programs' },
      )
      .check(alternativesRules)
      .optional(),
    optional: z.array(program, { error: 'a list of programs' }).optional(),
    perf_events: z.array(perfEvent, { error: 'a list of programs with their perf events' }).optional(),
    iterators: z.array(iterator, { error: 'a list of iterator programs' }).check(iteratorsRules).optional(),
  },
  'a mapping of settings',
).transform(({ alternatives, optional, perf_events, iterators }) => ({
  alternatives: alternatives ?? [],
  optional: optional ?? [],
  perfEvents: perf_events ?? [],
  iterators: iterators ?? [],
}));

const label = mapping(
  {
    constant: text('the text of the label, at most 128 characters,', 128).optional(),
    field: path.optional(),
    from: z.enum(['key', 'value'], { error: 'key or value' }).optional(),
    decode: z
      .union([decoder, z.array(decoder).min(1, 'at least one decoder').max(8, 'at most 8 decoders')], {
        error: 'a decoder or a list of decoders',
      })
      .optional(),
  },
  'a mapping such as { field: dev, decode: device }',
)
  .check(({ value, issues }) => {
    if (value.constant === undefined) return;
    for (const key of ['field', 'from', 'decode'] as const) {
      if (value[key] === undefined) continue;
      issues.push({
        code: 'custom',
        input: value[key],
        path: [key],
        message: `no \`${key}\` beside \`constant\``,
        params: { remedy: 'A constant label reads nothing from the map: remove one of the two.' },
      });
    }
  })
  .transform(({ constant, field, from = 'key', decode }): LabelSpec => {
    if (constant !== undefined) return { constant };
    const chain = decode === undefined || Array.isArray(decode) ? decode : [decode];
    return { from, ...(field !== undefined && { field }), ...(chain && { decode: chain }) };
  });

/** A label: a text that is always the same, or what to read and how to word it. */
export type LabelSpec =
  | { readonly constant: string }
  | {
      readonly constant?: undefined;
      readonly from: 'key' | 'value';
      /** Path into the key (or value); omitted when it is a plain integer. */
      readonly field?: string;
      /** Decoders in order; omitted for the one that suits the field's type. */
      readonly decode?: readonly z.output<typeof decoder>[];
    };

const buckets = mapping(
  {
    min: quantity.optional(),
    max: quantity.optional(),
    linear: mapping({ start: quantity, step: quantity }, 'a mapping such as { start: 0, step: 10 }').optional(),
    key: path.optional(),
    count: path.optional(),
    sum: path.optional(),
  },
  'a mapping such as { min: 1us, max: 16s }',
).check(bucketsRules);

/** The buckets of a histogram. Numbers are in base units, as `le` shows them. */
export type BucketsSpec = (
  | { readonly kind: 'exp2'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'linear'; readonly start: number; readonly step: number; readonly max?: number }
) & {
  /** Present when the slot number is a field of the key, so that every bucket is an entry of its own. */
  readonly key?: { readonly field: string; readonly count?: string; readonly sum?: string };
};

function bucketsOf({ min, max, linear, key, count, sum }: z.output<typeof buckets>): BucketsSpec {
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

const metric = mapping(
  {
    name: named(metricName, 'a metric name (letters, digits and "_", no digit first)'),
    type: z.enum(['counter', 'gauge', 'histogram'], { error: 'counter, gauge or histogram' }),
    help: text('one sentence about what is measured, at most 500 characters,', 500),
    map: named(mapName, 'the name of a map of the object'),
    value: path.optional(),
    unit: z.enum(Object.keys(units) as (keyof typeof units)[], { error: 'a unit' }).optional(),
    buckets: buckets.optional(),
    labels: z
      .record(
        named(labelName, 'a label name (letters, digits and "_", no digit first)').refine(
          (name) => !name.startsWith('__'),
          { error: 'a label name without "__" in front, which Prometheus keeps for itself,' },
        ),
        label,
        { error: 'a mapping of label names to what to read' },
      )
      .optional(),
    limit: seriesLimit.optional(),
    expire: duration.optional(),
  },
  'a mapping that describes a metric',
)
  // The rules look at one thing at a time, so that a typing error in `unit` does not hide a bad name.
  .check(metricRules)
  .transform(
    ({ value, unit, buckets, labels, limit, expire, ...rest }): Omit<MetricSpec, 'limit'> & { limit?: number } => ({
      ...rest,
      ...(value !== undefined && { value }),
      ...(unit !== undefined && { unit }),
      ...(buckets && { buckets: bucketsOf(buckets) }),
      labels: labels ?? Object.create(null),
      ...(limit !== undefined && { limit }),
      ...(expire !== undefined && { expireMs: parseDuration(expire)! }),
    }),
  );

/** One metric of a probe. */
export interface MetricSpec {
  /** Without the prefix. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly map: string;
  /** Path into the value; omitted when the value is a plain integer. */
  readonly value?: string;
  /** Unit of the kernel's number. */
  readonly unit?: keyof typeof units;
  /** Omitted for exp2 buckets of which every bound is shown. */
  readonly buckets?: BucketsSpec;
  /** Has no prototype: `labels[name]` is safe for any name. */
  readonly labels: Readonly<Record<string, LabelSpec>>;
  /** Most series; the rest is summed into `other`. */
  readonly limit: number;
  /** Entries unchanged for that long are removed from the map. */
  readonly expireMs?: number;
}

export const probeFile = mapping(
  {
    probe: probeNameText,
    summary: text('one sentence about what the probe shows, at most 500 characters,', 500),
    object: text('the file name of a compiled BPF object', 4096).optional(),
    programs: programs.optional(),
    constants: constants.default(() => Object.create(null)),
    maps: maps.default(() => Object.create(null)),
    metrics: z.array(metric, { error: 'a list of metrics' }).min(1, 'at least one metric'),
  },
  'the settings of a probe, as `name: value` lines,',
).check(filledMapsRules);

/** A probe file as parsed: limits are filled in when it is merged with the main file. */
export type ProbeFile = z.output<typeof probeFile>;
export type ProgramsSpec = z.output<typeof programs>;
export type PerfEventSpec = ProgramsSpec['perfEvents'][number];
export type IteratorSpec = ProgramsSpec['iterators'][number];
export type ConstantValue = z.output<typeof constantValue>;
export type MapSettings = z.output<typeof mapSize>;

/** A probe as the later stages see it: the probe file with the main file's overrides. Deep-frozen. */
export interface ProbeSpec {
  readonly probe: string;
  readonly summary: string;
  readonly object?: string;
  readonly programs?: {
    /** Ordered: the first program of each list that loads and attaches is used. */
    readonly alternatives: readonly (readonly string[])[];
    /** Left out where the kernel does not have what they hook to. */
    readonly optional: readonly string[];
    readonly perfEvents: readonly Readonly<PerfEventSpec>[];
    /** Run in this order at every scrape, each after the maps that it fills were emptied; those not named come after. */
    readonly iterators: readonly { readonly program: string; readonly fills: readonly string[] }[];
  };
  /** Values for the object's `const volatile` variables; bigint beyond 2^53. No prototype, as `maps`. */
  readonly constants: Readonly<Record<string, ConstantValue>>;
  readonly maps: Readonly<Record<string, Readonly<MapSettings>>>;
  readonly metrics: readonly MetricSpec[];
}
