import { type ExporterOptions, type RunningExporter, startExporter } from './exporter.js';
import { type ParsedSample, parseExposition } from './exposition_parser.js';
import { Workload, type WorkloadFacts } from './workload.js';

/** Labels with a fixed value, by name. */
export type Labels = Readonly<Record<string, string>>;

/** A number large enough for noise never to end by itself. */
const ENDLESS = 10 ** 12;

/**
 * A running exporter and a workload beside it. While it runs, all CPUs are busy: one process burns them, another makes failing
 * system calls, both under names of their own.
 */
export class GroundTruth {
  private constructor(
    readonly exporter: RunningExporter,
    readonly workload: Workload,
  ) {}

  /** Starts both. @param noise further workloads to run all the time, as `['forks']`, the count left out. */
  static async start(options: ExporterOptions, noise: readonly (readonly string[])[] = []): Promise<GroundTruth> {
    const exporter = await startExporter({ patience: 25_000, ...options });
    const workload = new Workload();
    for (const [name, ...rest] of [['spin'], ['failing-open', 'ENOENT'], ...noise]) {
      workload.makeNoise('--comm', `noise-${name}`, name!, ENDLESS, ...rest);
    }
    return new GroundTruth(exporter, workload);
  }

  /** Scrapes, does the work, scrapes again. */
  async measure(...args: readonly (string | number)[]): Promise<Measurement> {
    return this.measureAll(args);
  }

  /** The same with several works, one after the other, between two scrapes. */
  async measureAll(...works: readonly (readonly (string | number)[])[]): Promise<Measurement> {
    const before = await this.scrape();
    const facts: WorkloadFacts[] = [];
    for (const work of works) facts.push(await this.workload.perform(...work));
    return new Measurement(facts, before, await this.scrape());
  }

  async scrape(): Promise<Samples> {
    return new Samples(await this.exporter.get('/metrics', { accept: 'text/plain' }));
  }

  async stop(): Promise<void> {
    await this.exporter.stop();
    await this.workload.close();
  }
}

/** What one scrape showed. */
export class Samples {
  /** By name, and by name and each of their labels. */
  readonly #samples = new Map<string, ParsedSample[]>();

  constructor(text: string) {
    for (const { samples } of parseExposition(text, 'text')) {
      for (const sample of samples) {
        const keys = Object.entries(sample.labels).map((label) => keyOf(sample.name, label));
        for (const key of [sample.name, ...keys]) {
          const same = this.#samples.get(key);
          if (same) same.push(sample);
          else this.#samples.set(key, [sample]);
        }
      }
    }
  }

  /** Values of the series with these labels, by the rest of their labels, as `{ 'errno="EIO"': 3 }`. */
  values(metric: string, labels: Labels = {}): Map<string, number> {
    const name = `santabpf_${metric}`;
    const wanted = Object.entries(labels);
    const values = new Map<string, number>();
    for (const sample of this.#samples.get(wanted[0] ? keyOf(name, wanted[0]) : name) ?? []) {
      if (wanted.some(([label, value]) => sample.labels[label] !== value)) continue;
      const rest = Object.entries(sample.labels).filter(([label]) => !(label in labels));
      values.set(rest.map(([label, value]) => `${label}="${value}"`).join(','), sample.value);
    }
    return values;
  }
}

function keyOf(metric: string, [label, value]: readonly [string, string]): string {
  return `${metric}{${label}="${value}"}`;
}

/** What grew between two scrapes, and what the work between them said. */
export class Measurement {
  constructor(
    readonly facts: readonly WorkloadFacts[],
    private readonly before: Samples,
    private readonly after: Samples,
  ) {}

  /** A fact of the only (or first) work. */
  fact(name: string): number {
    const value = this.facts[0]?.[name];
    if (typeof value !== 'number') throw new Error(`Expected the workload to tell ${name}`);
    return value;
  }

  /**
   * The series with these labels that grew, and by how much, by the rest of their labels. So `{ 'kind="process"': 30 }` also says that
   * no other kind grew. A series that is new has grown from 0.
   */
  growths(metric: string, labels: Labels = {}): Record<string, number> {
    const before = this.before.values(metric, labels);
    const grown = [...this.after.values(metric, labels)].map(
      ([rest, value]) => [rest, value - (before.get(rest) ?? 0)] as const,
    );
    return Object.fromEntries(grown.filter(([, growth]) => growth !== 0));
  }

  /** By how much all series with these labels grew together. */
  growth(metric: string, labels: Labels = {}): number {
    return Object.values(this.growths(metric, labels)).reduce((sum, growth) => sum + growth, 0);
  }

  /** How many observations of a histogram fell into each bucket, by its upper bound; empty buckets are left out. */
  buckets(metric: string, labels: Labels = {}): Map<number, number> {
    const before = this.before.values(`${metric}_bucket`, labels);
    const filled = new Map<number, number>();
    let below = 0;
    for (const [rest, value] of this.after.values(`${metric}_bucket`, labels)) {
      const bound = /^le="([^"]+)"$/.exec(rest)?.[1];
      if (bound === undefined) throw new Error(`Expected labels of a single histogram, not also ${rest}`);
      const cumulative = value - (before.get(rest) ?? 0);
      if (cumulative !== below) filled.set(Number(bound.replace('Inf', 'Infinity')), cumulative - below);
      below = cumulative;
    }
    return filled;
  }

  /** All upper bounds that a histogram shows, from the lowest on. */
  bounds(metric: string, labels: Labels = {}): number[] {
    const texts = [...this.after.values(`${metric}_bucket`, labels).keys()];
    return texts.map((text) => Number(/^le="([^"]+)"$/.exec(text)?.[1]?.replace('Inf', 'Infinity')));
  }
}
