/** A probe file: the single source of its types, of its checks and of the JSON schema for editors. */
import { z } from 'zod';
import { nearest } from '../nearest.js';
import { type ProbeBudget, probeBudget } from './budget_schema.js';
import { events, type StreamSpec } from './event_schema.js';
import { mapping } from './mapping_schema.js';
import { type MetricSpec, metric, type WrittenMetric } from './metric_schema.js';
import { type ConstantValue, constants, type MapSettings, maps } from './object_schema.js';
import { type ProgramsSpec, programs } from './programs_schema.js';
import { mustBe, mustListOne, refuse } from './sentences.js';
import { probeNameText, text } from './value_schema.js';

export type { CombineSpec } from './combine_schema.js';
export type { DecoderKind, DecoderSpec } from './decoder_schema.js';
export type { LabelSpec } from './label_schema.js';
export type { MetricSpec } from './metric_schema.js';

/** The members of all entries of `metrics`, which know their entry. */
function allMembers(entries: readonly (readonly WrittenMetric[])[]): WrittenMetric[] {
  const all = entries.flatMap((members, entry) => members.map((member) => ({ member, entry })));
  return all.map(({ member, entry }, index) => (entry === index ? member : { ...member, entry }));
}

export const probeFile = mapping(
  {
    probe: probeNameText,
    summary: text('one sentence (at most 500 characters) about what the probe measures', 500),
    object: text('the file name of a compiled BPF object', 4096).optional(),
    script: text('a script in the language of bpftrace', 262_144).optional(),
    programs: programs.optional(),
    constants: constants.default(() => Object.create(null)),
    maps: maps.default(() => Object.create(null)),
    events: events.default(() => Object.create(null)),
    budget: probeBudget.optional(),
    metrics: z
      .array(metric, { error: mustBe('a list of metrics') })
      .min(1, mustListOne('metric'))
      .transform(allMembers),
  },
  'a mapping of settings (`name: value` lines)',
).check(({ value: { programs, events, metrics }, issues }) => {
  if (issues.length > 0) return;
  for (const [i, { events: stream }] of metrics.entries()) {
    if (stream === undefined || Object.hasOwn(events, stream)) continue;
    const known = Object.keys(events);
    const similar = nearest(stream, known);
    refuse(
      issues,
      ['metrics', i, 'events'],
      '{path}: there is no stream {value} under `events`',
      similar === undefined
        ? `Add it: \`events: { ${stream}: { buffer: NAME_OF_MAP, type: struct NAME } }\`.`
        : `Did you mean "${similar}"?`,
    );
  }
  // A map that is cleared at every scrape holds what exists now: a counter of it would count returning entries again.
  const filled = new Set(programs?.iterators.flatMap(({ fills }) => fills));
  for (const [i, { map, type, entry = i }] of metrics.entries()) {
    if (type === 'gauge' || !filled.has(map)) continue;
    refuse(
      issues,
      ['metrics', entry, 'type'],
      `{path} must be gauge, not {value}: an iterator refills map "${map}" at every scrape`,
      'Make it a gauge, or remove the map from `fills` and let the iterator add what is new since its last run.',
    );
  }
});

/** A probe file as parsed: limits are filled in when it is merged with the main file. */
export type ProbeFile = z.output<typeof probeFile>;

/** A probe as the later stages see it: the probe file with the main file's overrides. Deep-frozen. */
export interface ProbeSpec {
  readonly probe: string;
  readonly summary: string;
  readonly object?: string;
  readonly programs?: ProgramsSpec;
  /** Values for the object's `const volatile` variables; bigint beyond 2^53. No prototype, as `maps`. */
  readonly constants: Readonly<Record<string, ConstantValue>>;
  readonly maps: Readonly<Record<string, Readonly<MapSettings>>>;
  /** Streams of records by name. No prototype. */
  readonly events: Readonly<Record<string, StreamSpec>>;
  readonly budget: ProbeBudget;
  /** Metrics say who did it (`identity`), and no label of theirs shows a command: programs need not collect them. */
  readonly leavesOutCommand?: true;
  /** A map that the exporter keeps filled with cgroups. */
  readonly cgroupSet?: CgroupSetSpec;
  readonly metrics: readonly MetricSpec[];
}

/** A map with the cgroups whose path matches, each with the value 1. */
export interface CgroupSetSpec {
  readonly map: string;
  /** The key: the cgroup's id, or a descriptor of its folder for cgroup storage, which forgets removed cgroups itself. */
  readonly by: 'id' | 'descriptor';
  /** For `compileRegex`. They match the path of the cgroup's folder. */
  readonly patterns: readonly string[];
}
