/** `programs`: how the programs of the object are used. */
import { z } from 'zod';
import { type AttachSpec, attach } from './attach_schema.js';
import { mapping } from './mapping_schema.js';
import { perfEvent } from './perf_event_schema.js';
import { mustBe, mustListOne, refuse } from './sentences.js';
import { integer, map, program } from './value_schema.js';

const sampledEvent = mapping(
  {
    program,
    event: perfEvent,
    frequency: integer(1, 10_000).optional(),
    period: integer(1, Number.MAX_SAFE_INTEGER).optional(),
  },
  'a mapping such as { program: sample, event: cpu-clock, frequency: 99 }',
).check(({ value, issues }) => {
  if (issues.length > 0 || (value.frequency === undefined) !== (value.period === undefined)) return;
  refuse(
    issues,
    [],
    '{path} must have exactly one of `frequency` and `period`',
    '`frequency: 99` samples 99 times a second; `period: 1000` samples every 1000th event.',
  );
});

const iterator = mapping(
  {
    program,
    fills: z
      .array(map, { error: mustBe('a list of map names') })
      .min(1, mustListOne('map'))
      .optional(),
    over: map.optional(),
    background: z.boolean({ error: mustBe('true or false') }).optional(),
  },
  'a mapping such as { program: list_tasks, fills: [tasks] }',
)
  .check(({ value, issues }) => {
    if (issues.length > 0 || !value.background || value.fills === undefined) return;
    refuse(
      issues,
      ['fills'],
      '{path}: not allowed together with `background`',
      'An iterator in the background may run while the maps are read. Let it prepare a map for another iterator.',
    );
  })
  .transform(({ program, fills, over, background }) => ({
    program,
    fills: fills ?? [],
    ...(over === undefined ? {} : { over }),
    ...(background ? { background } : {}),
  }));

const nested = z
  .record(program, program, {
    error: mustBe('a mapping of programs to their twins, such as { drop_packet: drop_packet_nested }'),
  })
  .transform((twins): Readonly<Record<string, string>> => Object.assign(Object.create(null), twins));

type Named = { readonly program: string; readonly path: readonly (string | number)[] };

/** A program is named once: it cannot be both tried and skipped, and an iterator runs once per scrape. */
function refuseRepeated(issues: z.core.$ZodRawIssue[], named: readonly Named[]): void {
  const seen = new Set<string>();
  for (const { program, path } of named) {
    if (seen.has(program)) refuse(issues, path, '{path}: program {value} is already listed', 'Remove one of the two.');
    seen.add(program);
  }
}

const alternatives = z
  .array(
    z
      .array(program, { error: mustBe('a list of programs, such as [first_choice, fallback]') })
      .min(1, mustListOne('program')),
    { error: mustBe('a list of lists of programs') },
  )
  .check(({ value, issues }) =>
    refuseRepeated(
      issues,
      value.flatMap((list, i) => list.map((program, j) => ({ program, path: [i, j] }))),
    ),
  );

const iterators = z.array(iterator, { error: mustBe('a list of iterator programs') }).check(({ value, issues }) =>
  refuseRepeated(
    issues,
    value.map(({ program }, i) => ({ program, path: [i, 'program'] })),
  ),
);

export const programs = mapping(
  {
    alternatives: alternatives.optional(),
    optional: z.array(program, { error: mustBe('a list of programs') }).optional(),
    perf_events: z.array(sampledEvent, { error: mustBe('a list of programs with their perf events') }).optional(),
    iterators: iterators.optional(),
    nested: nested.optional(),
    attach: attach.optional(),
  },
  'a mapping such as { optional: [module_loaded] }',
)
  .check(({ value: { alternatives, perf_events, attach }, issues }) => {
    if (issues.length > 0) return;
    for (const [i, list] of (alternatives ?? []).entries()) {
      const skipped = list.findIndex((program) => attach?.[program]?.skip);
      if (skipped < 0) continue;
      refuse(
        issues,
        ['alternatives', i, skipped],
        '{path}: program {value} is skipped under `attach`',
        'Remove it from the list, or remove `skip`.',
      );
    }
    for (const [i, { program }] of (perf_events ?? []).entries()) {
      if (attach?.[program] === undefined) continue;
      refuse(
        issues,
        ['perf_events', i, 'program'],
        '{path}: program {value} is already listed under `attach`',
        'Remove one of the two.',
      );
    }
  })
  .transform(({ alternatives, optional, perf_events, iterators, nested, attach }) => ({
    alternatives: alternatives ?? [],
    optional: optional ?? [],
    perfEvents: perf_events ?? [],
    iterators: iterators ?? [],
    nested: nested ?? Object.create(null),
    attach: attach ?? Object.create(null),
  }));

type Programs = z.output<typeof programs>;
export type PerfEventSpec = Programs['perfEvents'][number];

export interface IteratorSpec {
  readonly program: string;
  readonly fills: readonly string[];
  /** The map whose entries an iterator `iter/bpf_map_elem` visits. */
  readonly over?: string;
  /** Runs beside the scrapes, at the start and rarely after it. */
  readonly background?: boolean;
}

/** How the programs of an object are used; those not named are attached as their sections say. */
export interface ProgramsSpec {
  /** Ordered: the first program of each list that loads and attaches is used. */
  readonly alternatives: readonly (readonly string[])[];
  /** Left out when the kernel lacks their hook. */
  readonly optional: readonly string[];
  readonly perfEvents: readonly Readonly<PerfEventSpec>[];
  /** Run in this order at every scrape, each after its `fills` are cleared; other iterators run after them. */
  readonly iterators: readonly IteratorSpec[];
  /** By program: its twin, which counts the events that the kernel skipped the program for. Loaded only together with it. */
  readonly nested: Readonly<Record<string, string>>;
  /** By program: what its section does not say about its hook. */
  readonly attach: Readonly<Record<string, AttachSpec>>;
  /** Programs for one hook all run, although each event counts for each of them. */
  readonly attachesAll?: true;
}
