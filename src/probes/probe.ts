import type { ProbeConfiguration } from '../config/configuration.js';
import type { CgroupSetSpec } from '../config/probe_schema.js';
import type { DecodeContext } from '../decode/context.js';
import { cgroupNames } from '../decode/names/cgroup_names.js';
import { fault, type SantaError } from '../errors/fault.js';
import type { CpuFollower, CpuWatch } from '../kernel/cpu_watch.js';
import { EventCounters } from '../kernel/event_counters.js';
import type { HookCost } from '../kernel/hook_cost.js';
import { InnerMapReader } from '../kernel/inner_map_reader.js';
import type { KernelContext } from '../kernel/kernel_context.js';
import { KernelMap } from '../kernel/kernel_map.js';
import { KernelProbe } from '../kernel/kernel_probe.js';
import { findObjectFile, openCompiled, openObject } from '../kernel/object_file.js';
import type { PlaceFollower, PlaceWatch } from '../kernel/place_watch.js';
import type { RunSampler } from '../kernel/run_sampler.js';
import type { MapReader } from '../maps/map_reader.js';
import { newcomersOf } from '../maps/overflow_companion.js';
import type { Family } from '../metrics/family.js';
import type { Pacer } from '../metrics/pacer.js';
import { type ProbeCounts, ProbeMetrics } from '../metrics/probe_metrics.js';
import type { ProbeStatus } from '../metrics/probe_status.js';
import { type BoundProbe, bindToObject } from './binding.js';
import type { CgroupFollower } from './cgroup_follower.js';
import { CgroupSet } from './cgroup_set.js';
import type { Deadline } from './deadline.js';
import { ownConstants } from './own_constants.js';
import { RunningProgram } from './running_program.js';
import { Scrape } from './scrape.js';
import { budgetStatus, reasonOf } from './status_reason.js';
import { TimedRead } from './timed_read.js';

/** Shared by all probes. */
export interface ProbeContext {
  readonly kernel: KernelContext;
  readonly decode: DecodeContext;
  readonly sampler: RunSampler;
  readonly hooks: HookCost;
  readonly cpus: CpuWatch;
  readonly places: PlaceWatch;
  readonly cgroups: CgroupFollower;
  readonly pacer: Pacer;
  /** Seconds, never going back. */
  now(): number;
  /** Receives the error of a probe that could not be read; the scrape goes on. */
  onScrapeFailure(probe: string, error: unknown): void;
}

/**
 * The life of one probe: `prepare` checks and loads it, `attach` makes it count, `collect` reads it, `close` ends it.
 * Owns its kernel objects.
 */
export class Probe {
  readonly #context: ProbeContext;
  #configuration: ProbeConfiguration;
  readonly #bound: BoundProbe;
  readonly #kernel: KernelProbe;
  #prefix: string;
  #isChanged = false;
  #events: EventCounters | undefined;
  #metrics: ProbeMetrics | undefined;
  #scrape: Scrape | undefined;
  readonly #read: TimedRead;
  #programs: RunningProgram[] = [];
  #lastIteration = 0;
  /** Set while the last scrape went on without this probe. */
  #late: SantaError | undefined;
  /** Why some CPU is not sampled. */
  #unsampled: SantaError | undefined;
  readonly #cpuFollower: CpuFollower = {
    follow: (cpus) => {
      this.#unsampled = this.#kernel.sampling?.follow(cpus);
    },
  };
  /** Why some program is not attached to all of its places. */
  #unplaced: SantaError | undefined;
  readonly #placeFollower: PlaceFollower = {
    follow: (processes) => {
      this.#unplaced = this.#kernel.followPlaces(processes);
    },
  };
  #followsCgroups = false;
  #cgroupSet: CgroupSet | undefined;
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
    this.#read = new TimedRead(() => this.#readAll(), context.now);
  }

  /**
   * Checks a probe against its object and loads it, without attaching.
   * @param prefix put before the name of every metric
   * @throws SantaError or Faults; nothing stays loaded then
   */
  static async prepare(context: ProbeContext, configuration: ProbeConfiguration, prefix: string): Promise<Probe> {
    const { spec, script, objectCandidates, file } = configuration;
    const path = script ? file : findObjectFile(spec.probe, objectCandidates);
    const object = script
      ? openCompiled(context.kernel, script.object, spec.probe, path)
      : openObject(context.kernel, path);
    let bound: BoundProbe;
    try {
      bound = bindToObject(configuration, object, path, context.decode, ownConstants(context.kernel));
    } catch (error) {
      object.close();
      throw error;
    }
    const kernel = await KernelProbe.load(context.kernel, bound.request, object);
    return new Probe(context, configuration, prefix, bound, kernel);
  }

  /**
   * Attaches all programs. From then on the probe counts.
   * @throws SantaError; nothing stays loaded then
   */
  async attach(): Promise<void> {
    const { cgroupSet } = this.#configuration.spec;
    if (this.#bound.namesCgroups || cgroupSet) {
      this.#followsCgroups = true;
      await this.#context.cgroups.open();
    }
    await this.#kernel.attach();
    if (cgroupSet) await this.#fillWithCgroups(cgroupSet);
    this.#events = this.#countEvents();
    const { readers: eventReaders } = this.#events;
    const names = new Set(this.#bound.bindings.flatMap(({ map, other }) => (other ? [map, other.map] : [map])));
    const refilled = new Set(this.#bound.request.iterators.flatMap(({ fills }) => fills));
    const readers = new Map<string, MapReader>(
      [...names].map((name): [string, MapReader] => {
        const ofEvents = eventReaders.get(name);
        if (ofEvents) return [name, ofEvents];
        const inner = this.#bound.inner.get(name);
        if (inner) return [name, new InnerMapReader(this.#kernel.map(name), inner)];
        const newcomers = this.#bound.limited.has(name) ? this.#kernel.map(newcomersOf(name)) : undefined;
        return [name, new KernelMap(this.#kernel.map(name), refilled.has(name), newcomers)];
      }),
    );
    for (const [name, stacks] of this.#bound.stacks) stacks.connect((id) => this.#kernel.map(name).lookup(id));
    const { pacer } = this.#context;
    const metrics = new ProbeMetrics(this.#bound.bindings, readers, { prefix: this.#prefix, pacer });
    this.#metrics = metrics;
    this.#scrape = new Scrape({ refresh: () => this.#iterate(), readers, metrics, pacer });
    this.#scrape.start();
    this.#lastIteration = this.#context.now();
    this.#programs = this.#kernel
      .programs()
      .map(({ name, section }) => new RunningProgram(name, section, this.#kernel, this.#context));
    this.count();
    if (this.#kernel.sampling) this.#context.cpus.add(this.#cpuFollower);
    if (this.#kernel.followsPlaces) this.#context.places.add(this.#placeFollower);
  }

  /**
   * Takes over a configuration with the same fingerprint: other limits and another prefix. What was counted stays. It applies
   * from the next `collect` on: the last one may still be rendered.
   */
  change(configuration: ProbeConfiguration, prefix: string): void {
    this.#configuration = configuration;
    this.#prefix = prefix;
    this.#isChanged = true;
  }

  /**
   * Reads every map once, or waits for a read that missed an earlier deadline. Never rejects: a failure goes to
   * `onScrapeFailure` and into `status`. A read that is late goes on; until it has ended, the probe shows nothing.
   * @param deadline undefined: waits for the end of the read
   */
  async collect(deadline?: Deadline): Promise<void> {
    this.#applyChange();
    const { seconds, result } = await this.#read.within(deadline);
    this.#applyChange();
    this.#lastScrape = { seconds, success: result === 'read' };
    this.#noteLate(result === 'late' ? deadline : undefined);
  }

  /** Brings the counts of the programs up to date, which `collect` does too. */
  count(): void {
    for (const program of this.#programs) program.count();
  }

  /** What the last `collect` read. Valid until the next one. */
  families(): readonly Family[] {
    return this.#late ? [] : (this.#metrics?.families ?? []);
  }

  status(): ProbeStatus {
    const { probe: name, summary } = this.#configuration.spec;
    const reason =
      this.#late ?? this.#unsampled ?? this.#unplaced ?? this.#cgroupSet?.problem ?? this.#missingPrograms();
    return {
      name,
      summary,
      state: 'up',
      ...budgetStatus(this.#configuration.spec),
      ...(reason && { reason: reasonOf([reason]) }),
      programs: this.#programs.map((program) => program.status()),
      events: this.#events?.counts ?? [],
      ...this.#counts(),
      ...(this.#lastScrape && { lastScrape: this.#lastScrape }),
    };
  }

  /** Detaches and unloads; does nothing the second time. */
  close(): void {
    for (const program of this.#programs) program.close(this.#context.sampler);
    this.#programs = [];
    this.#context.cpus.remove(this.#cpuFollower);
    this.#context.places.remove(this.#placeFollower);
    this.#cgroupSet?.close();
    this.#cgroupSet = undefined;
    if (this.#followsCgroups) this.#context.cgroups.close();
    this.#followsCgroups = false;
    this.#metrics = undefined;
    this.#scrape = undefined;
    this.#events?.close();
    this.#kernel.close();
  }

  /** The loaded programs by the kernel's numbers. */
  numberedPrograms(): { readonly name: string; readonly id: number; readonly tag: string }[] {
    return this.#programs.map(({ name }) => ({ name, ...this.#kernel.numbersOf(name) }));
  }

  async #fillWithCgroups(spec: CgroupSetSpec): Promise<void> {
    const { decode } = this.#context;
    const set = new CgroupSet(this.#kernel.map(spec.map), spec, cgroupNames(decode), decode.roots.proc);
    this.#cgroupSet = set;
    await set.open();
  }

  /** Why a program of another exporter does not run. The author of a probe file says which programs may be missing. */
  #missingPrograms(): SantaError | undefined {
    return this.#configuration.spec.programs?.attachesAll ? this.#kernel.omissions[0] : undefined;
  }

  #countEvents(): EventCounters {
    try {
      return EventCounters.open(this.#context.kernel.addon, this.#bound.buffers, (name) => this.#kernel.map(name));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Reads what `collect` waits for. @returns whether it succeeded */
  async #readAll(): Promise<boolean> {
    const scrape = this.#scrape;
    try {
      await scrape?.run();
      this.count();
      return true;
    } catch (error) {
      const isClosed = this.#scrape !== scrape;
      if (!isClosed) this.#context.onScrapeFailure(this.#configuration.spec.probe, error);
      return false;
    }
  }

  #applyChange(): void {
    if (!this.#isChanged || this.#read.isRunning) return;
    this.#metrics?.configure(this.#configuration.spec.metrics, this.#prefix);
    this.#isChanged = false;
  }

  /** @param deadline the one that the read missed; undefined if it missed none */
  #noteLate(deadline: Deadline | undefined): void {
    if (deadline === undefined) this.#late = undefined;
    else if (this.#late === undefined) {
      const { probe } = this.#configuration.spec;
      this.#late = fault('PROBE_LATE', { probe, seconds: deadline.milliseconds / 1000 });
      this.#context.onScrapeFailure(probe, this.#late);
    }
  }

  #counts(): ProbeCounts {
    const counts = this.#metrics?.counts ?? { series: 0, maps: [], metrics: [] };
    if (this.#late === undefined) return counts;
    return { ...counts, series: 0, metrics: counts.metrics.map((metric) => ({ ...metric, series: 0 })) };
  }

  /** Runs the iterators. One pass of an iterator over all its objects counts as one run. */
  async #iterate(): Promise<void> {
    const runs = await this.#kernel.iterate();
    const now = this.#context.now();
    const since = now - this.#lastIteration;
    this.#lastIteration = now;
    for (const { program, nanoseconds } of runs) {
      this.#programs.find(({ name }) => name === program)?.ran(nanoseconds, since);
    }
  }
}
