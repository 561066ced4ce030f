import { type ExporterOptions, type RunningExporter, startExporter } from './exporter.js';
import { type ParsedSample, parseExposition } from './exposition_parser.js';
import { Workload, type WorkloadFacts } from './workload.js';

/** Label values by name. */
export type Labels = Readonly<Record<string, string>>;

/** A repeat count that no noise reaches within a test. */
const ENDLESS = 10 ** 12;

/**
 * A running exporter and a workload with known counts. Two noise processes run meanwhile under their own command names:
 * one uses CPU, the other makes failing system calls.
 */
export class GroundTruth {
  private constructor(
    readonly exporter: RunningExporter,
    readonly workload: Workload,
  ) {}

  /** Starts both. @param noise further workloads that run until `stop`, such as `['forks']`, without their count */
  static async start(options: ExporterOptions, noise: readonly (readonly string[])[] = []): Promise<GroundTruth> {
    // The workload comes first: its constructor throws if the program is not built, and an exporter would be left running.
    const workload = new Workload();
    const exporter = await startExporter({ patience: 25_000, ...options }).catch(async (error: unknown) => {
      await workload.close();
      throw error;
    });
    for (const [name, ...rest] of [['spin'], ['failing-open', 'ENOENT'], ...noise]) {
      workload.makeNoise('--comm', `noise-${name}`, name!, ENDLESS, ...rest);
    }
    return new GroundTruth(exporter, workload);
  }

  /** Runs one workload between two scrapes. */
  async measure(...args: readonly (string | number)[]): Promise<Measurement> {
    return this.measureAll(args);
  }

  /** Runs several workloads one after the other between two scrapes. */
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

/** The samples of one scrape. */
export class Samples {
  /** Samples by name, and by name and one label. */
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

  /** Values of the series with these labels, by their other labels, as `{ 'errno="EIO"': 3 }`. */
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

/** The growth between two scrapes, and the facts that the workloads reported. */
export class Measurement {
  constructor(
    readonly facts: readonly WorkloadFacts[],
    private readonly before: Samples,
    private readonly after: Samples,
  ) {}

  /** A fact of the first workload; throws if it is missing or not a number. */
  fact(name: string): number {
    const value = this.facts[0]?.[name];
    if (typeof value !== 'number') throw new Error(`The workload did not report ${name}`);
    return value;
  }

  /**
   * The growth of the series with these labels, by their other labels. Series that did not grow are left out, so
   * `{ 'kind="process"': 30 }` also means that no other kind grew. A new series has grown from 0.
   */
  growths(metric: string, labels: Labels = {}): Record<string, number> {
    const before = this.before.values(metric, labels);
    const grown = [...this.after.values(metric, labels)].map(
      ([rest, value]) => [rest, value - (before.get(rest) ?? 0)] as const,
    );
    return Object.fromEntries(grown.filter(([, growth]) => growth !== 0));
  }

  /** The total growth of all series with these labels. */
  growth(metric: string, labels: Labels = {}): number {
    return Object.values(this.growths(metric, labels)).reduce((sum, growth) => sum + growth, 0);
  }

  /** New observations of a histogram per bucket (not cumulative), by upper bound. Empty buckets are left out. */
  buckets(metric: string, labels: Labels = {}): Map<number, number> {
    const before = this.before.values(`${metric}_bucket`, labels);
    const filled = new Map<number, number>();
    let below = 0;
    for (const [rest, value] of this.after.values(`${metric}_bucket`, labels)) {
      const bound = /^le="([^"]+)"$/.exec(rest)?.[1];
      if (bound === undefined) throw new Error(`More than one histogram matches: ${rest}`);
      const cumulative = value - (before.get(rest) ?? 0);
      if (cumulative !== below) filled.set(Number(bound.replace('Inf', 'Infinity')), cumulative - below);
      below = cumulative;
    }
    return filled;
  }

  /** All upper bounds of a histogram, ascending. */
  bounds(metric: string, labels: Labels = {}): number[] {
    const texts = [...this.after.values(`${metric}_bucket`, labels).keys()];
    return texts.map((text) => Number(/^le="([^"]+)"$/.exec(text)?.[1]?.replace('Inf', 'Infinity')));
  }
}
