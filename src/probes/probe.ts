import type { ProbeConfiguration } from '../config/configuration.js';
import type { DecodeContext } from '../decode/context.js';
import { KernelMap } from '../kernel/kernel_map.js';
import { type KernelContext, KernelProbe, openObject } from '../kernel/kernel_probe.js';
import { findObjectFile } from '../kernel/object_file.js';
import { RunEstimate } from '../kernel/run_estimate.js';
import type { RunSampler, SampledProgram } from '../kernel/run_sampler.js';
import { TASK_STORAGE } from '../maps/map_kind.js';
import type { MapReader } from '../maps/map_reader.js';
import type { Family } from '../metrics/family.js';
import type { Pacer } from '../metrics/pacer.js';
import { ProbeMetrics } from '../metrics/probe_metrics.js';
import type { ProbeStatus, ProgramStatus } from '../metrics/probe_status.js';
import { type BoundProbe, bindToObject } from './binding.js';
import { Scrape } from './scrape.js';

/** What every probe shares. */
export interface ProbeContext {
  readonly kernel: KernelContext;
  readonly decode: DecodeContext;
  readonly sampler: RunSampler;
  readonly pacer: Pacer;
  /** Seconds, never going back. */
  now(): number;
  /** Takes what went wrong in a scrape without ending it. */
  onScrapeFailure(probe: string, error: unknown): void;
}

interface RunningProgram {
  readonly name: string;
  readonly section: string;
  readonly estimate: RunEstimate;
  /** Undefined for iterators, whose runs are all measured. */
  readonly sampled: SampledProgram | undefined;
}

/**
 * One probe from configuration to metric families: `prepare` (checked and loaded), `attach` (counting), `collect` (read),
 * `close`. Owns its kernel objects.
 */
export class Probe {
  readonly #context: ProbeContext;
  readonly #configuration: ProbeConfiguration;
  readonly #bound: BoundProbe;
  readonly #kernel: KernelProbe;
  readonly #prefix: string;
  #metrics: ProbeMetrics | undefined;
  #scrape: Scrape | undefined;
  #programs: RunningProgram[] = [];
  #lastIteration = 0;
  #lastScrape: { seconds: number; success: boolean } | undefined;

  private constructor(
    context: ProbeContext,
    configuration: ProbeConfiguration,
    prefix: string,
    bound: BoundProbe,
    kernel: KernelProbe,
  ) {
    this.#context = context;
    this.#configuration = configuration;
    this.#prefix = prefix;
    this.#bound = bound;
    this.#kernel = kernel;
  }

  /**
   * Checks a probe against its object and loads it, without attaching.
   * @param prefix comes before the name of every metric
   * @throws SantaError or Faults; nothing stays loaded then
   */
  static async prepare(context: ProbeContext, configuration: ProbeConfiguration, prefix: string): Promise<Probe> {
    const { spec } = configuration;
    const path = findObjectFile(spec.probe, configuration.objectCandidates);
    const object = openObject(context.kernel, path);
    let bound: BoundProbe;
    try {
      const { addon, host } = context.kernel;
      bound = bindToObject(configuration, object, path, context.decode, {
        has_task_storage: addon.supportsMapType(TASK_STORAGE),
        exporter_pid: host.pid,
        exporter_pid_namespace: host.pidNamespace,
        page_bytes: host.pageBytes,
      });
    } finally {
      object.close();
    }
    const kernel = await KernelProbe.load(context.kernel, {
      probe: spec.probe,
      object: path,
      alternatives: spec.programs?.alternatives ?? [],
      optional: spec.programs?.optional ?? [],
      perfEvents: spec.programs?.perfEvents ?? [],
      iterators: bound.iterators,
      maxEntries: maxEntriesOf(spec.maps),
      constants: bound.constants,
    });
    return new Probe(context, configuration, prefix, bound, kernel);
  }

  /**
   * Attaches all programs: from here on the probe counts.
   * @throws SantaError; nothing stays loaded then
   */
  async attach(): Promise<void> {
    await this.#kernel.attach();
    const names = new Set(this.#bound.bindings.flatMap(({ map, other }) => (other ? [map, other.map] : [map])));
    const refilled = new Set(this.#bound.iterators.flatMap(({ fills }) => fills));
    const readers = new Map<string, MapReader>(
      [...names].map((name) => [name, new KernelMap(this.#kernel.map(name), refilled.has(name))]),
    );
    const { pacer } = this.#context;
    const metrics = new ProbeMetrics(this.#bound.bindings, readers, { prefix: this.#prefix, pacer });
    this.#metrics = metrics;
    this.#scrape = new Scrape({ refresh: () => this.#iterate(), readers, metrics, now: pacer.now });
    const iterators = this.#kernel.iterators();
    this.#lastIteration = this.#context.now();
    this.#programs = this.#kernel.programs().map(({ name, section }) => {
      if (iterators.includes(name)) return { name, section, sampled: undefined, estimate: new RunEstimate() };
      const sampled: SampledProgram = { counts: () => this.#kernel.runCounts(name) };
      return { name, section, sampled, estimate: this.#context.sampler.add(sampled) };
    });
  }

  /** Reads every map once. Never rejects: a failure is logged and shown by `status`. */
  async collect(): Promise<void> {
    const start = this.#context.now();
    let success = true;
    try {
      await this.#scrape?.run();
    } catch (error) {
      success = false;
      this.#context.onScrapeFailure(this.#configuration.spec.probe, error);
    }
    this.#lastScrape = { seconds: this.#context.now() - start, success };
  }

  /** What the last `collect` found. Valid until the next. */
  families(): readonly Family[] {
    return this.#metrics?.families ?? [];
  }

  status(): ProbeStatus {
    const { probe: name, summary } = this.#configuration.spec;
    return {
      name,
      summary,
      state: 'up',
      programs: this.#programs.map((program) => this.#programStatus(program)),
      ...(this.#metrics?.counts ?? { series: 0, maps: [], metrics: [] }),
      ...(this.#lastScrape && { lastScrape: this.#lastScrape }),
    };
  }

  /** Detaches and unloads; does nothing the second time. */
  close(): void {
    for (const { sampled } of this.#programs) {
      if (sampled) this.#context.sampler.remove(sampled);
    }
    this.#programs = [];
    this.#metrics = undefined;
    this.#scrape = undefined;
    this.#kernel.close();
  }

  /** Runs the iterators. Each counts as one run, however many objects it went through, with the CPU time of all of it. */
  async #iterate(): Promise<void> {
    const runs = await this.#kernel.iterate();
    const now = this.#context.now();
    const since = now - this.#lastIteration;
    this.#lastIteration = now;
    for (const { program, nanoseconds } of runs) {
      const running = this.#programs.find(({ name }) => name === program);
      running?.estimate.add({ runs: 1, nanoseconds }, since, since);
    }
  }

  #programStatus({ name, section, estimate, sampled }: RunningProgram): ProgramStatus {
    const { nanosecondsPerRun, cpuShare } = estimate;
    return {
      name,
      section,
      ...((sampled === undefined || this.#context.sampler.isAllowed) && {
        runs: estimate.runs,
        runSeconds: estimate.seconds,
      }),
      missedRuns: this.#kernel.runCounts(name).missed,
      ...(nanosecondsPerRun !== undefined && { nanosecondsPerRun }),
      ...(cpuShare !== undefined && { cpuShare }),
    };
  }
}

function maxEntriesOf(maps: ProbeConfiguration['spec']['maps']): Record<string, number> {
  return Object.fromEntries(
    Object.entries(maps).flatMap(([name, settings]) =>
      settings.max_entries === undefined ? [] : [[name, settings.max_entries]],
    ),
  );
}
