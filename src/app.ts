import type { Configuration } from './config/configuration.js';
import type { DecodeContext } from './decode/context.js';
import type { SantaError } from './errors/fault.js';
import { registryFamilies } from './exposition/prom_client.js';
import { render } from './exposition/render.js';
import type { Exporter, ExpositionFormat, Snapshot, VersionInformation } from './http/exporter.js';
import type { Addon } from './kernel/addon.js';
import { btfToUse, type Host } from './kernel/host.js';
import { RunSampler } from './kernel/run_sampler.js';
import { faultFields, type Logger } from './log.js';
import type { Family } from './metrics/family.js';
import { OwnMetrics } from './metrics/own_metrics.js';
import { Pacer } from './metrics/pacer.js';
import type { ProbeStatus } from './metrics/probe_status.js';
import { ProbeSet } from './probes/probe_set.js';

/** What the application is handed by `main`. */
export interface Surroundings {
  readonly addon: Addon;
  readonly host: Host;
  /** Of the host, by which labels are worded. */
  readonly roots: DecodeContext['roots'];
  readonly btfFile: string | undefined;
  readonly logger: Logger;
  readonly version: VersionInformation;
  /** Milliseconds, never going back. */
  now(): number;
  /** Reads the configuration. @throws Faults */
  loadConfiguration(): Promise<Configuration>;
}

/** The exporter: configured probes, read when asked, with the exporter's own metrics beside them. */
export class Application implements Exporter {
  readonly version: VersionInformation;
  readonly #surroundings: Surroundings;
  readonly #pacer: Pacer;
  readonly #sampler: RunSampler;
  readonly #probes: ProbeSet;
  readonly #own: OwnMetrics;
  #ready = false;
  /** Whoever reads or changes the probes waits for this: start, reload, scrape and close do not overlap. */
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
    this.#probes = new ProbeSet({
      kernel: {
        addon,
        host,
        btfPath,
        onLog: (probe, log) => logger.debug({ probe, log }, 'What libbpf and the verifier said'),
      },
      decode,
      sampler: this.#sampler,
      pacer: this.#pacer,
      now: seconds,
      onScrapeFailure: (probe, error) => logger.warn({ probe, err: error }, `Probe "${probe}" could not be read`),
    });
  }

  /** Brings up the probes of a configuration. Those that do not work are down, which is logged; never rejects. */
  start(configuration: Configuration): Promise<void> {
    return this.#inTurn(async () => {
      await this.#probes.start(configuration);
      this.#own.loaded(true, Date.now() / 1000);
      logFailures(this.#probes.failures(), this.#surroundings.logger);
      this.#ready = true;
      this.#sampler.wake();
    });
  }

  /**
   * Loads every probe of a configuration without attaching any.
   * @throws Faults with all that is wrong
   */
  check(configuration: Configuration): Promise<void> {
    return this.#inTurn(() => this.#probes.check(configuration));
  }

  async scrape(): Promise<Snapshot> {
    const collected = this.#inTurn(() => this.#probes.collect());
    const [ofProcess] = await Promise.all([this.#processFamilies(), collected]);
    this.#own.update(this.#probes.statuses());
    const families = [...this.#probes.families(), ...(await registryFamilies(this.#own.ofProbes)), ...ofProcess];
    this.#sampler.wake();
    return { render: (format: ExpositionFormat) => render(families, format, this.#pacer) };
  }

  probes(): readonly ProbeStatus[] {
    return this.#probes.statuses();
  }

  ready(): boolean {
    return this.#ready;
  }

  reload(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#probes.reload(await this.#surroundings.loadConfiguration());
        this.#own.loaded(true, Date.now() / 1000);
        this.#surroundings.logger.info('The configuration was reloaded');
      } catch (error) {
        this.#own.loaded(false, Date.now() / 1000);
        throw error;
      }
    });
  }

  /** Waits for what is in flight, then detaches and unloads everything. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#sampler.close();
      this.#probes.close();
    });
  }

  async #processFamilies(): Promise<Family[]> {
    // By then the maps are being read, on other threads.
    await Promise.resolve();
    return await registryFamilies(this.#own.ofProcess);
  }

  async #kernelEnum(name: string, btfPath: string | undefined): ReturnType<DecodeContext['kernelEnum']> {
    const { addon, logger } = this.#surroundings;
    try {
      return await addon.kernelEnum(name, btfPath);
    } catch (error) {
      logger.warn({ err: error }, `The kernel's enum ${name} could not be read: labels show its numbers`);
      return undefined;
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** What is wrong with the host is said first, and once for all the probes that it keeps down. */
function logFailures(failures: ReturnType<ProbeSet['failures']>, logger: Logger): void {
  const ofHost = new Map<string, { reason: SantaError; probes: string[] }>();
  for (const { probe, reasons } of failures) {
    for (const reason of reasons.filter(isOfHost)) {
      const { probes } = ofHost.get(reason.message) ?? { probes: [] };
      ofHost.set(reason.message, { reason, probes: [...probes, probe] });
    }
  }
  for (const { reason, probes } of ofHost.values()) {
    logger.error({ probes, ...faultFields(reason) }, reason.message);
  }
  for (const { probe, reasons } of failures) {
    for (const reason of reasons.filter((other) => !isOfHost(other))) {
      logger.error({ probe, ...faultFields(reason) }, `Probe "${probe}" is down: ${reason.message}`);
    }
  }
}

function isOfHost({ scope }: SantaError): boolean {
  return scope === 'host';
}
