/** A file of ebpf_exporter as a probe file. */
import type { MapDescription } from '../decode/map_description.js';
import type { ForeignFile } from '../ebpf_exporter/file_schema.js';
import { hooksOf } from '../ebpf_exporter/hooks.js';
import { type MigratedMetric, migrateCounter, migrateHistogram } from './metrics.js';
import { type Value, yamlLines } from './yaml_text.js';

/** What the object of a file has. */
export interface MigratedObject {
  readonly maps: readonly MapDescription[];
  readonly programs: readonly { readonly name: string; readonly section: string }[];
}

export interface MigratedProbe {
  /** The text of the probe file; undefined if no metric is left. */
  readonly text: string | undefined;
  /** Names of its metrics, without a prefix. */
  readonly metrics: readonly string[];
  /** What is different from ebpf_exporter, or was left out, and why: clauses. */
  readonly notes: readonly string[];
  /** Something that the program reads is not set: it would count something else. */
  readonly isIncomplete?: boolean;
}

/** Levels of the file that are written line by line: the list of metrics, and each metric. */
const expandedLevels = 3;

/** A probe name for a file of ebpf_exporter. */
export function probeNameFor(stem: string): string {
  const name = stem.replace(/[^A-Za-z0-9_-]/g, '_');
  return (/^[A-Za-z]/.test(name) ? name : `probe_${name}`).slice(0, 64);
}

/**
 * @param probe its name, which is also that of the object: `PROBE.bpf.o` beside the file
 * @param file one that `translate` takes
 * @param object undefined if it cannot be read
 */
export function migrateFile(probe: string, file: ForeignFile, object: MigratedObject | undefined): MigratedProbe {
  const notes = new Set<string>();
  const metrics: MigratedMetric[] = [];
  const add = (name: string, migrated: MigratedMetric | string) => {
    if (typeof migrated === 'string') return void notes.add(`${name} is left out: ${migrated}`);
    metrics.push(migrated);
    for (const note of migrated.notes) notes.add(note);
  };
  const mapOf = (name: string) => object?.maps.find((map) => map.name === name);
  for (const counter of file.metrics?.counters ?? []) add(counter.name, migrateCounter(counter, mapOf(counter.name)));
  for (const histogram of file.metrics?.histograms ?? [])
    add(histogram.name, migrateHistogram(histogram, mapOf(histogram.name)));
  const { attach, leftOut } = attachments(object);
  for (const note of [...leftOut, ...droppedSettings(file)]) notes.add(note);
  if (metrics.length === 0) return { text: undefined, metrics: [], notes: [...notes] };
  const contents: Value = {
    probe,
    summary: `What ${probe} counts.`,
    ...(Object.keys(attach).length > 0 && { programs: { attach } }),
    ...merged(
      'maps',
      metrics.map(({ metric, map }) => [String(metric.map), map]),
    ),
    ...merged(
      'events',
      metrics.map(({ metric, stream }) => [String(metric.events), stream]),
    ),
    metrics: metrics.map(({ metric }) => metric),
  };
  const comments = [
    '# Made from a file of ebpf_exporter by: santabpf migrate.',
    ...[...notes].map((note) => `# - ${note}`),
  ];
  return {
    text: `${[...comments, ...yamlLines(contents, expandedLevels)].join('\n')}\n`,
    metrics: metrics.map(({ name }) => name),
    notes: [...notes],
    isIncomplete: file.kaddrs.length > 0 || file.cgroup_id_map != null,
  };
}

/** One setting with what each metric has of it; nothing if none has any. */
function merged(setting: string, parts: readonly (readonly [string, MigratedMetric['map']])[]): Record<string, Value> {
  const filled = parts.filter(
    (part): part is readonly [string, NonNullable<MigratedMetric['map']>] => part[1] !== undefined,
  );
  return filled.length === 0 ? {} : { [setting]: Object.fromEntries(filled) };
}

/** Hooks whose sections only ebpf_exporter reads. Of its own functions only `post_attach_mark` is one here. */
function attachments(object: MigratedObject | undefined): {
  readonly attach: Readonly<Record<string, Value>>;
  readonly leftOut: readonly string[];
} {
  if (object === undefined) return { attach: {}, leftOut: [] };
  const { attach, leftOut } = hooksOf({ mapTypes: new Map(), programs: object.programs });
  const own = object.programs.filter(
    ({ section }) => section.includes('//proc/self/exe:') && !section.endsWith(':post_attach_mark'),
  );
  return {
    attach: {
      ...(attach as Readonly<Record<string, Value>>),
      ...Object.fromEntries(own.map(({ name }) => [name, { skip: true }])),
    },
    leftOut: [
      ...leftOut.map(({ program, reason }) => `program "${program}" is skipped: ${reason}`),
      ...own.map(({ name, section }) => `program "${name}" is skipped: "${section}" is a function of ebpf_exporter`),
    ],
  };
}

function droppedSettings({ tracing, kaddrs, cgroup_id_map: cgroups }: ForeignFile): string[] {
  const notes: string[] = [];
  if (tracing?.spans.length) notes.push('its spans are left out: SantaBPF makes metrics, not traces');
  for (const symbol of kaddrs)
    notes.push(
      `kaddr_${symbol} is not set, because the address changes with each boot: what needs it counts only with --config.format=ebpf_exporter`,
    );
  if (cgroups != null)
    notes.push(
      `map "${cgroups.name}" is not filled from regexps: list its cgroups, as in { fill: [{ cgroup: /sys/fs/cgroup/system.slice }] }, or use --config.format=ebpf_exporter`,
    );
  return notes;
}
