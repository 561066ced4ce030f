import type { Configuration } from './config/configuration.js';
import type { DecodeContext } from './decode/context.js';
import { fault } from './errors/fault.js';
import { registryFamilies } from './exposition/prom_client.js';
import { render } from './exposition/render.js';
import { logFaults, logProbeFailures } from './fault_log.js';
import type { Exporter, ExpositionFormat, Snapshot, VersionInformation } from './http/exporter.js';
import { RepeatedWarnings } from './http/repeated_warnings.js';
import type { Addon, GzipWriter } from './kernel/addon.js';
import { CpuWatch } from './kernel/cpu_watch.js';
import { btfToUse, type Host } from './kernel/host.js';
import { RunSampler } from './kernel/run_sampler.js';
import type { Logger } from './log.js';
import type { Family } from './metrics/family.js';
import { OwnMetrics } from './metrics/own_metrics.js';
import { Pacer } from './metrics/pacer.js';
import type { ProbeStatus } from './metrics/probe_status.js';
import { ProbeSet, type UnsupportedProbe } from './probes/probe_set.js';
import { SharedRuns } from './shared_runs.js';

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
  /** Milliseconds, never going back. */
  now(): number;
  /** Reads the configuration. @param signal ends that; it rejects with the signal's reason then. @throws Faults */
  loadConfiguration(signal: AbortSignal): Promise<Configuration>;
}

/** The exporter: the configured probes, which a scrape reads, and the exporter's own metrics. */
export class Application implements Exporter {
  readonly version: VersionInformation;
  readonly #surroundings: Surroundings;
  readonly #pacer: Pacer;
  readonly #sampler: RunSampler;
  readonly #probes: ProbeSet;
  readonly #own: OwnMetrics;
  readonly #reloads = new SharedRuns(() => this.#reload());
  readonly #ending = new AbortController();
  #ready = false;
  /** The end of the last call that reads or changes the probes. Start, the switch of a reload, scrape and close do not overlap. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(surroundings: Surroundings) {
    const { addon, host, roots, btfFile, logger, now, version } = surroundings;
    this.#surroundings = surroundings;
    this.version = version;
    this.#own = new OwnMetrics({ ...version });
    this.#pacer = new Pacer(now);
    const seconds = () => now() / 1000;
    this.#sampler = new RunSampler({ addon, proc: roots.proc, now: seconds });
    const btfPath = btfToUse(host, btfFile);
    const decode: DecodeContext = {
      roots,
      arch: process.arch,
      kernelEnum: (name) => this.#kernelEnum(name, btfPath),
      now,
      later: (milliseconds, callback) => void setTimeout(callback, milliseconds).unref(),
    };
    const warnings = new RepeatedWarnings(logger, now);
    this.#probes = new ProbeSet({
      kernel: {
        addon,
        host,
        btfPath,
        onLog: (probe, log) => logger.debug({ probe, log }, 'Log of libbpf and the verifier'),
      },
      decode,
      sampler: this.#sampler,
      cpus: new CpuWatch(roots.sys),
      pacer: this.#pacer,
      now: seconds,
      onScrapeFailure: (probe, error) => warnings.warn(`Probe "${probe}" could not be read`, { probe, err: error }),
    });
  }

  /** Brings up the probes of a configuration, and logs why any of them does not run. Never rejects. */
  start(configuration: Configuration): Promise<void> {
    return this.#inTurn(async () => {
      await this.#probes.start(configuration);
      this.#own.loaded(true, Date.now() / 1000);
      logProbeFailures(this.#surroundings.logger, this.#probes.failures());
      this.#ready = true;
      this.#sampler.start();
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

  /** Reads the probes, and renders what they read together with the own metrics. */
  async scrape(probes?: ReadonlySet<string>): Promise<Snapshot> {
    const collected = this.#inTurn(() => this.#probes.collect(probes));
    const [ofProcess] = await Promise.all([this.#processFamilies(), collected]);
    this.#own.update(this.#probes.statuses(probes));
    const families = [...this.#probes.families(probes), ...(await registryFamilies(this.#own.ofProbes)), ...ofProcess];
    return { render: (format: ExpositionFormat) => render(families, format, this.#pacer) };
  }

  probes(): readonly ProbeStatus[] {
    return this.#probes.statuses();
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

  /** Waits for calls in flight, then detaches and unloads everything. */
  async close(): Promise<void> {
    this.abandonReload();
    await this.#reloads.settled();
    await this.#inTurn(async () => {
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
      await this.#turn;
      signal.throwIfAborted();
      const change = await this.#probes.prepare(configuration);
      await this.#inTurn(async () => change());
      this.#own.loaded(true, Date.now() / 1000);
      logger.info('The configuration was reloaded');
      logProbeFailures(logger, this.#probes.failures());
    } catch (error) {
      this.#own.loaded(false, Date.now() / 1000);
      if (error !== signal.reason)
        logFaults(logger, error, 'The configuration was not reloaded, nothing has changed: ');
      throw error;
    }
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
