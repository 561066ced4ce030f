import type { MetricSpec, ProbeSpec } from '../config/probe_schema.js';
import type { Path, SourceMap } from '../config/source_map.js';
import { fault, type SantaError } from '../errors/fault.js';
import { translateBuckets } from './buckets.js';
import type { ForeignCounter, ForeignFile, ForeignHistogram } from './file_schema.js';
import { hooksOf } from './hooks.js';
import { type TranslatedLabels, translateLabels } from './labels.js';
import { type HostFacts, isPerCpu, type ObjectFacts } from './object_facts.js';
import { type PlacedMetric, placesOfProbe } from './places.js';
import { regexProblem } from './regexes.js';

/** A file as a probe. */
export interface TranslatedFile {
  /** Without constants; undefined if the file has no metric that can run. */
  readonly spec: ProbeSpec | undefined;
  readonly places: SourceMap;
  readonly kaddrs: readonly string[];
  readonly warnings: readonly SantaError[];
  readonly faults: readonly SantaError[];
}

/** Prefix of all metrics. */
export const foreignPrefix = 'ebpf_exporter_';

const nothingKnown: ObjectFacts = { mapTypes: new Map(), programs: [] };

/**
 * Translates a checked file into a probe.
 * @param name of the configuration: the file's stem
 * @param limit series of a metric
 * @param object undefined if it cannot be read
 */
export function translate(
  name: string,
  file: ForeignFile,
  places: SourceMap,
  limit: number,
  object: ObjectFacts | undefined,
  host: HostFacts,
): TranslatedFile {
  return new Translation(name, file, places, limit, object, host).result();
}

class Translation {
  private readonly warnings: SantaError[] = [];
  private readonly faults: SantaError[] = [];
  private readonly metrics: MetricSpec[] = [];
  private readonly placed: PlacedMetric[] = [];
  private readonly maps: Record<string, ProbeSpec['maps'][string]> = Object.create(null);
  private readonly events: Record<string, ProbeSpec['events'][string]> = Object.create(null);

  constructor(
    private readonly name: string,
    private readonly file: ForeignFile,
    private readonly places: SourceMap,
    private readonly limit: number,
    private readonly object: ObjectFacts | undefined,
    private readonly host: HostFacts,
  ) {}

  result(): TranslatedFile {
    const { metrics, tracing, kaddrs } = this.file;
    for (const [index, counter] of (metrics?.counters ?? []).entries()) this.counter(counter, index);
    for (const [index, histogram] of (metrics?.histograms ?? []).entries()) this.histogram(histogram, index);
    if (tracing?.spans.length) {
      this.leaveOut(['tracing'], 'Spans are left out: SantaBPF makes metrics, not traces');
    } else if (this.placed.length === 0 && this.faults.length === 0) {
      this.refuse([], `Configuration "${this.name}" has no metrics`, 'Add counters or histograms to `metrics`.');
    }
    this.checkCgroups();
    return {
      spec: this.metrics.length === 0 ? undefined : this.spec(),
      places: placesOfProbe(this.places, this.placed, this.file),
      kaddrs,
      warnings: this.warnings,
      faults: this.faults,
    };
  }

  private spec(): ProbeSpec {
    const { programs } = this.object ?? nothingKnown;
    const { attach, leftOut } = hooksOf(this.object ?? nothingKnown);
    for (const { program, reason } of leftOut) this.leaveOut([], `Program "${program}" is left out: ${reason}`);
    const cgroups = this.file.cgroup_id_map;
    return {
      probe: this.name,
      summary: `Configuration "${this.name}" of ebpf_exporter.`,
      // A path: the object is next to the file, and nowhere else.
      object: `./${this.name}.bpf.o`,
      constants: Object.create(null),
      maps: this.maps,
      events: this.events,
      budget: undefined,
      programs: {
        alternatives: [],
        // ebpf_exporter goes on without the programs that it cannot attach.
        optional: programs.map(({ name }) => name),
        perfEvents: [],
        iterators: [],
        nested: Object.create(null),
        attach,
        attachesAll: true,
      },
      ...(cgroups && { cgroupSet: { map: cgroups.name, by: keyOf(cgroups.type), patterns: cgroups.regexps } }),
      metrics: this.metrics,
    };
  }

  private checkCgroups(): void {
    for (const [index, pattern] of (this.file.cgroup_id_map?.regexps ?? []).entries()) {
      const problem = regexProblem(pattern);
      if (problem !== undefined) this.refuse(['cgroup_id_map', 'regexps', index], problem.problem, problem.remedy);
    }
  }

  private counter(counter: ForeignCounter, index: number): void {
    const { name, help, perf_event_array: isStream = false } = counter;
    const ofCpu = !isStream && counter.labels.at(-1)?.name === 'cpu' && this.splitsCpus(counter);
    const translated = this.labels(counter, ['metrics', 'counters', index], ofCpu);
    if (translated === undefined) return;
    const labels = recordOf(translated.labels);
    const shared = { name, help, labels, limit: this.limit };
    // A name without `_total` cannot be a counter in OpenMetrics. As a gauge it keeps its name in every format.
    const type = name.endsWith('_total') ? 'counter' : 'gauge';
    if (isStream) {
      const stream = `${name}_records`;
      this.describeStream(stream, name, translated.struct);
      this.place('counters', index, stream, true, translated);
      this.metrics.push({ ...shared, type, map: stream, events: stream });
      return;
    }
    this.describeMap(name, translated.struct);
    this.place('counters', index, name, false, translated);
    const sums = type === 'gauge' && !ofCpu && this.object && isPerCpu(this.object, name);
    this.metrics.push({ ...shared, type, map: name, zeros: true, ...(sums && { combine: 'sum' }) });
  }

  /** Two bytes are what ebpf_exporter adds to the key for the CPU. */
  private splitsCpus({ name, labels }: ForeignCounter): boolean {
    return this.object === undefined ? labels.at(-1)!.size === 2 : isPerCpu(this.object, name);
  }

  private histogram(histogram: ForeignHistogram, index: number): void {
    const { name, help, bucket_multiplier: multiplier } = histogram;
    const path = ['metrics', 'histograms', index];
    const translated = this.labels(histogram, path, false);
    const bucket = translated?.labels.at(-1);
    if (translated === undefined || bucket === undefined) return;
    if (!bucket.isNumber) {
      const remedy = 'The last label of a histogram is the slot: its only decoder is `uint`.';
      this.refuse([...path, 'labels', histogram.labels.length - 1], `Label "${bucket.name}" is not a number`, remedy);
      return;
    }
    const buckets = translateBuckets(histogram, bucket.name);
    if (typeof buckets === 'string') {
      this.refuse(path, `Histogram "${name}": ${buckets}`);
      return;
    }
    this.describeMap(name, translated.struct);
    this.place('histograms', index, name, false, translated);
    this.metrics.push({
      name,
      type: 'histogram',
      help,
      map: name,
      ...(multiplier && { unit: String(multiplier) }),
      buckets,
      labels: recordOf(translated.labels.slice(0, -1)),
      limit: this.limit,
    });
  }

  private labels({ labels }: Pick<ForeignCounter, 'labels'>, path: Path, ofCpu: boolean): TranslatedLabels | undefined {
    const twice = labels.findIndex(({ name }, index) => labels.findIndex((one) => one.name === name) < index);
    if (twice >= 0) {
      const problem = `Label "${labels[twice]!.name}" is already there`;
      this.refuse([...path, 'labels', twice, 'name'], problem, 'Rename it.');
      return undefined;
    }
    const translated = translateLabels(labels, ofCpu, this.host.cgroupFolder);
    if (!Array.isArray(translated)) return translated;
    for (const { index, step, problem, remedy } of translated) {
      this.refuse([...path, 'labels', index, 'decoders', step], problem, remedy);
    }
    return undefined;
  }

  private describeMap(name: string, key: string | undefined): void {
    this.maps[name] = { value: 'u64', ...(key !== undefined && { key }) };
  }

  private describeStream(stream: string, buffer: string, struct = 'struct { char nothing[1]; }'): void {
    this.events[stream] = { buffer, type: struct, where: [], maxEntries: 10_240, pages: 64 };
  }

  private place(
    list: PlacedMetric['list'],
    index: number,
    map: string,
    isStream: boolean,
    { labels }: TranslatedLabels,
  ): void {
    this.placed.push({ list, index, map, isStream, labels: labels.map(({ name }) => name) });
  }

  private leaveOut(path: Path, problem: string): void {
    this.warnings.push(fault('CONFIG_LEFT_OUT', { problem }, { location: this.places.locate(path) }));
  }

  private refuse(path: Path, problem: string, remedy?: string): void {
    const page = 'docs/migrating.md';
    this.faults.push(fault('CONFIG_VALUE', { problem, remedy, page }, { location: this.places.locate(path) }));
  }
}

/** What the keys of a map of cgroups are. */
function keyOf(type: NonNullable<ForeignFile['cgroup_id_map']>['type']): 'id' | 'descriptor' {
  return type === 'hash' ? 'id' : 'descriptor';
}

function recordOf(labels: TranslatedLabels['labels']): MetricSpec['labels'] {
  return Object.assign(Object.create(null), Object.fromEntries(labels.map(({ name, spec }) => [name, spec])));
}
