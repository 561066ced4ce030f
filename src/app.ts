import { availableParallelism, hostname } from 'node:os';
import { SharedParts } from './app_shared_parts.js';
import type { Configuration } from './config/configuration.js';
import type { DecodeContext } from './decode/context.js';
import { cgroupNames } from './decode/names/cgroup_names.js';
import { fault } from './errors/fault.js';
import { registryFamilies } from './exposition/prom_client.js';
import { render } from './exposition/render.js';
import { logFaults, logProbeChanges, logProbeFailures, logScriptNotices, logWarnings } from './fault_log.js';
import type { Exporter, PageFormat, Snapshot, VersionInformation } from './http/exporter.js';
import { RepeatedWarnings } from './http/repeated_warnings.js';
import type { Addon, GzipWriter } from './kernel/addon.js';
import { CpuWatch } from './kernel/cpu_watch.js';
import { HookCost } from './kernel/hook_cost.js';
import { btfToUse, type Host } from './kernel/host.js';
import type { KernelContext } from './kernel/kernel_context.js';
import { PlaceWatch } from './kernel/place_watch.js';
import { RunSampler, type RunSamplerOptions } from './kernel/run_sampler.js';
import { LiveView } from './live/live_view.js';
import type { Logger } from './log.js';
import type { Family } from './metrics/family.js';
import { ImitatedMetrics } from './metrics/imitated_metrics.js';
import { OwnMetrics } from './metrics/own_metrics.js';
import { Pacer } from './metrics/pacer.js';
import type { ProbeStatus } from './metrics/probe_status.js';
import { Deadline } from './probes/deadline.js';
import { ProbeSet, type UnsupportedProbe } from './probes/probe_set.js';
import { SharedRuns } from './shared_runs.js';
import type { ProfileSource } from './stacks/profile.js';

/** Share of a client's scrape timeout that a late probe may take. */
const deadlineShare = 0.5;
/** Deadlines that clients choose are multiples of this: few differ, so most clients share a read, and none is next to nothing. */
const deadlineStepMs = 100;

/** Everything that the application needs from outside. */
export interface Surroundings {
  readonly addon: Addon;
  readonly host: Host;
  /** Folders of the host that decoders read. */
  readonly roots: DecodeContext['roots'];
  /** File with the kernel's BTF, given by the user. */
  readonly btfFile: string | undefined;
  readonly logger: Logger;
  readonly version: VersionInformation;
  /** When the runs of programs are measured, if not as seldom as beside a service. */
  readonly sampling?: Pick<RunSamplerOptions, 'window' | 'interval'>;
  /** Milliseconds, never going back. */
  now(): number;
  /** Reads the configuration. @param signal ends that; it rejects with the signal's reason then. @throws Faults */
  loadConfiguration(signal: AbortSignal): Promise<Configuration>;
}

/** Between two looks at what the probes cost. */
const BUDGET_MILLISECONDS = 15_000;

/** From a scrape until the memory that it has freed is returned. Scrapes meanwhile share that: it costs them page faults. */
const MEMORY_MILLISECONDS = 100;

/** The exporter: the configured probes, which a scrape reads, and the exporter's own metrics. */
export class Application implements Exporter {
  readonly version: VersionInformation;
  readonly hostName = hostname();
  readonly #surroundings: Surroundings;
  readonly #pacer: Pacer;
  readonly #live: LiveView;
  readonly #sampler: RunSampler;
  readonly #hooks: HookCost;
  readonly #probes: ProbeSet;
  readonly #shared: SharedParts;
  readonly #own: OwnMetrics;
  readonly #reloads = new SharedRuns(() => this.#reload());
  readonly #ending = new AbortController();
  #ready = false;
  #probeDeadlineMs = 0;
  #metricPrefix = '';
  #imitated: ImitatedMetrics | undefined;
  /** Of the scrape that reads probes. */
  #deadline: Deadline | undefined;
  /** Whether a reload brings up probes, beside those that run. */
  #isPreparing = false;
  #budgetTimer: NodeJS.Timeout | undefined;
  #memoryTimer: NodeJS.Timeout | undefined;
  /** The end of the last call that reads or changes the probes. Start, the switch of a reload, scrape and close do not overlap. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(surroundings: Surroundings) {
    const { addon, host, roots, btfFile, logger, now, version } = surroundings;
    this.#surroundings = surroundings;
    this.version = version;
    this.#own = new OwnMetrics({ ...version });
    this.#pacer = new Pacer(now);
    this.#live = new LiveView({ now, cpus: availableParallelism, pacer: this.#pacer });
    const seconds = () => now() / 1000;
    this.#sampler = new RunSampler({ addon, proc: roots.proc, now: seconds, ...surroundings.sampling });
    this.#hooks = new HookCost(addon, (error) =>
      logger.warn({ err: error }, 'Cannot measure the cost of a hook: what the programs cost is unknown'),
    );
    const btfPath = btfToUse(host, btfFile);
    const decode: DecodeContext = {
      roots,
      arch: process.arch,
      kernelEnum: (name) => this.#kernelEnum(name, btfPath),
      userFunctions: (stacks) => this.#shared.userFunctions(stacks),
      now,
      later: (milliseconds, callback) => void setTimeout(callback, milliseconds).unref(),
    };
    const warnings = new RepeatedWarnings(logger, now);
    const kernel: KernelContext = {
      addon,
      host,
      btfPath,
      proc: roots.proc,
      onLog: (probe, log) => logger.debug({ probe, log }, 'Log of libbpf and the verifier'),
    };
    const meters = { sampler: this.#sampler, hooks: this.#hooks };
    const cpus = new CpuWatch(roots.sys);
    const names = cgroupNames(decode);
    this.#shared = new SharedParts({ kernel, names, meters, cpus, proc: roots.proc, warnings, now });
    const { handlerCallers, cgroups } = this.#shared;
    this.#probes = new ProbeSet({
      kernel: { ...kernel, handlerCallers },
      decode,
      ...meters,
      cpus,
      places: new PlaceWatch(roots.proc),
      cgroups,
      pacer: this.#pacer,
      now: seconds,
      onScrapeFailure: (probe, error) => {
        if (!this.#ending.signal.aborted) warnings.warn(`Probe "${probe}" could not be read`, { probe, err: error });
      },
    });
  }

  /** Brings up the probes of a configuration, and logs why any of them does not run. Never rejects. */
  start(configuration: Configuration): Promise<void> {
    return this.#inTurn(async () => {
      this.#apply(configuration);
      logScriptNotices(this.#surroundings.logger, configuration);
      logWarnings(this.#surroundings.logger, configuration);
      await this.#probes.start(configuration);
      this.#shared.count();
      this.#own.loaded(true, Date.now() / 1000);
      logProbeFailures(this.#surroundings.logger, this.#probes.failures());
      this.#ready = true;
      await this.#shared.record(configuration);
      this.#sampler.start();
      this.#budgetTimer = setInterval(() => void this.#inTurn(() => this.#keepBudget()), BUDGET_MILLISECONDS).unref();
    });
  }

  /**
   * Brings up every probe of a configuration and ends it at once.
   * @returns the probes that this host does not support
   * @throws Faults with everything that is wrong
   */
  check(configuration: Configuration): Promise<UnsupportedProbe[]> {
    return this.#inTurn(() => this.#probes.check(configuration));
  }

  /**
   * Reads the probes until the deadline, and renders what they read together with the own metrics. A probe that is late is left
   * out.
   */
  async scrape(probes?: ReadonlySet<string>, deadlineMs?: number): Promise<Snapshot> {
    const collected = this.#inTurn(() => this.#collect(probes, deadlineMs ?? this.#probeDeadlineMs));
    const [ofProcess] = await Promise.all([this.#processFamilies(), collected]);
    const statuses = this.#probes.statuses(probes);
    const shared = this.#shared.count();
    for (const programs of shared) this.#probes.charge(programs);
    const { user, system } = process.cpuUsage();
    const costSeconds = this.#probes.costInEvents + (user + system) / 1e6;
    const budget = this.#probes.budget?.share;
    const ofAll = probes === undefined && {
      shared,
      lostCgroups: this.#shared.cgroups.lost,
      recorder: this.#shared.recorder.status(),
    };
    this.#own.update(statuses, { costSeconds, budget, ...ofAll });
    // Not before the first scrape, which should not wait for it.
    if (statuses.some(({ programs }) => programs.length > 0)) void this.#hooks.calibrate();
    this.#returnMemory();
    this.#imitated?.update(this.#probes.numbered(probes));
    const own = [this.#own.ofProbes, ...(this.#imitated ? [this.#imitated.registry] : [])].map(registryFamilies);
    const families = [...this.#probes.families(probes), ...(await Promise.all(own)).flat(), ...ofProcess];
    return {
      render: (format: PageFormat) =>
        format === 'live' ? this.#live.render(families, this.#metricPrefix) : render(families, format, this.#pacer),
    };
  }

  probeDeadline(timeoutMs = Number.POSITIVE_INFINITY): number {
    const steps = Math.max(1, Math.floor((timeoutMs * deadlineShare) / deadlineStepMs));
    return Math.min(this.#probeDeadlineMs, steps * deadlineStepMs);
  }

  probes(): readonly ProbeStatus[] {
    return this.#probes.statuses();
  }

  /** Stacks: recorded ones, and those of the moment. */
  get profiles(): ProfileSource {
    return this.#shared.recorder;
  }

  get isRecording(): boolean {
    return this.#shared.recorder.status() !== undefined;
  }

  gzip(): GzipWriter {
    return new this.#surroundings.addon.GzipWriter();
  }

  ready(): boolean {
    return this.#ready;
  }

  /**
   * Reads the configuration again and changes to it; the log says how that went. Calls during a reload share one more after it.
   * Meanwhile scrapes read the former probes.
   * @throws Faults with everything that is wrong, RELOAD_ABANDONED at the end; then nothing has changed
   */
  reload(): Promise<void> {
    return this.#reloads.run();
  }

  /** Ends the reading of a configuration, and refuses reloads from now on. */
  abandonReload(): void {
    this.#ending.abort(fault('RELOAD_ABANDONED', {}));
  }

  /** Waits for calls in flight, but not for late probes. Then detaches and unloads everything. */
  async close(): Promise<void> {
    this.abandonReload();
    this.#deadline?.end();
    await this.#reloads.settled();
    await this.#inTurn(async () => {
      clearInterval(this.#budgetTimer);
      clearTimeout(this.#memoryTimer);
      await this.#shared.recorder.close();
      this.#sampler.close();
      this.#probes.close();
    });
  }

  async #reload(): Promise<void> {
    const { logger } = this.#surroundings;
    const { signal } = this.#ending;
    try {
      signal.throwIfAborted();
      const configuration = await this.#surroundings.loadConfiguration(signal);
      // The start may still be under way.
      this.#isPreparing = true;
      await this.#turn;
      signal.throwIfAborted();
      const change = await this.#probes.prepare(configuration);
      await this.#inTurn(async () => {
        this.#apply(configuration);
        change();
        await this.#shared.record(configuration);
      });
      this.#own.loaded(true, Date.now() / 1000);
      logger.info('The configuration was reloaded');
      logScriptNotices(logger, configuration);
      logWarnings(logger, configuration);
      logProbeFailures(logger, this.#probes.failures());
    } catch (error) {
      this.#own.loaded(false, Date.now() / 1000);
      if (error !== signal.reason)
        logFaults(logger, error, 'The configuration was not reloaded, nothing has changed: ');
      throw error;
    } finally {
      this.#isPreparing = false;
    }
  }

  #apply({ probeDeadlineMs, metricPrefix, imitates }: Configuration): void {
    this.#imitated = imitates && new ImitatedMetrics(imitates.prefix, this.version.version);
    this.#probeDeadlineMs = probeDeadlineMs;
    this.#metricPrefix = metricPrefix;
  }

  async #collect(probes: ReadonlySet<string> | undefined, deadlineMs: number): Promise<void> {
    const deadline = new Deadline(deadlineMs);
    this.#deadline = deadline;
    await this.#probes.collect(probes, deadline);
    deadline.end();
  }

  async #keepBudget(): Promise<void> {
    if (this.#isPreparing) return;
    logProbeChanges(this.#surroundings.logger, await this.#probes.keepBudget(Date.now(), this.#shared.count()));
  }

  #returnMemory(): void {
    this.#memoryTimer ??= setTimeout(() => {
      this.#memoryTimer = undefined;
      this.#surroundings.addon.returnFreeMemory();
    }, MEMORY_MILLISECONDS).unref();
  }

  async #processFamilies(): Promise<Family[]> {
    // The maps are read on other threads: start that before work on this one.
    await Promise.resolve();
    return await registryFamilies(this.#own.ofProcess);
  }

  async #kernelEnum(name: string, btfPath: string | undefined): ReturnType<DecodeContext['kernelEnum']> {
    const { addon, logger } = this.#surroundings;
    try {
      return await addon.kernelEnum(name, btfPath);
    } catch (error) {
      logger.warn({ err: error }, `Cannot read enum ${name} of the kernel: labels show its numbers`);
      return undefined;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}
