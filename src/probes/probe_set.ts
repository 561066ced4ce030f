import type { Configuration, ProbeConfiguration } from '../config/configuration.js';
import { describeFault, Faults, fault, SantaError } from '../errors/fault.js';
import type { Family } from '../metrics/family.js';
import type { ProbeStatus } from '../metrics/probe_status.js';
import { fingerprint } from './fingerprint.js';
import { Probe, type ProbeContext } from './probe.js';

/** A configured probe: running, or why it is not. */
interface Slot {
  readonly configuration: ProbeConfiguration;
  readonly fingerprint: string;
  readonly probe: Probe | undefined;
  /** Empty when it runs. */
  readonly reasons: readonly SantaError[];
}

/**
 * All configured probes. Each stands alone: one that does not work is down with its reason, and the others serve.
 * Calls of `start`, `reload`, `collect` and `close` must not overlap.
 */
export class ProbeSet {
  readonly #context: ProbeContext;
  #slots: readonly Slot[] = [];

  constructor(context: ProbeContext) {
    this.#context = context;
  }

  /** Brings up every probe that works here, several at a time. Does not reject: see `statuses`. */
  async start(configuration: Configuration): Promise<void> {
    this.#slots = await Promise.all(
      configuration.probes.map(async (probeConfiguration) => {
        const base = {
          configuration: probeConfiguration,
          fingerprint: fingerprint(probeConfiguration, configuration.metricPrefix),
        };
        return { ...base, ...(await this.#bringUp(probeConfiguration, configuration.metricPrefix)) };
      }),
    );
  }

  /**
   * Prepares every probe of a configuration, attaches none and unloads all of them.
   * @throws Faults with all that is wrong
   */
  async check({ probes, metricPrefix }: Configuration): Promise<void> {
    const faults = await Promise.all(
      probes.map(async (configuration) => {
        try {
          (await Probe.prepare(this.#context, configuration, metricPrefix)).close();
          return [];
        } catch (error) {
          return faultsOf(error, configuration.spec.probe);
        }
      }),
    );
    if (faults.flat().length > 0) {
      throw new Faults(distinct(faults.flat()));
    }
  }

  /**
   * Changes to another configuration. Probes that stay the same are not touched; new ones count before old ones end.
   * One that was down before may stay down, if it has not changed or if it is the kernel that refuses it.
   * @throws Faults when a new or changed probe does not work; then nothing has changed
   */
  async reload(configuration: Configuration): Promise<void> {
    const { metricPrefix } = configuration;
    const faults: SantaError[] = [];
    const kept = new Set<Slot>();
    const slots = await Promise.all(
      configuration.probes.map(async (probeConfiguration): Promise<Slot> => {
        const base = { configuration: probeConfiguration, fingerprint: fingerprint(probeConfiguration, metricPrefix) };
        const same = this.#slots.find(
          (slot) =>
            slot.configuration.spec.probe === probeConfiguration.spec.probe && slot.fingerprint === base.fingerprint,
        );
        if (same?.probe) {
          kept.add(same);
          return same;
        }
        const outcome = await this.#bringUp(probeConfiguration, metricPrefix);
        if (same === undefined && !this.#wasRefusedAlike(probeConfiguration, outcome.reasons)) {
          faults.push(...outcome.reasons);
        }
        return { ...base, ...outcome };
      }),
    );
    if (faults.length > 0) {
      for (const slot of slots) {
        if (!kept.has(slot)) {
          slot.probe?.close();
        }
      }
      throw new Faults(distinct(faults));
    }
    const former = this.#slots;
    this.#slots = slots;
    for (const slot of former) {
      if (!kept.has(slot)) {
        slot.probe?.close();
      }
    }
  }

  /** Reads every probe's maps, all at once. Never rejects. */
  async collect(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.probe?.collect()));
  }

  families(): Family[] {
    return this.#slots.flatMap((slot) => slot.probe?.families() ?? []);
  }

  /** In the order of the configuration. */
  statuses(): ProbeStatus[] {
    return this.#slots.map(
      ({ configuration, probe, reasons }) => probe?.status() ?? downStatus(configuration, reasons),
    );
  }

  /** Probes that are down, each with every fault found in it. */
  failures(): { probe: string; reasons: readonly SantaError[] }[] {
    return this.#slots
      .filter((slot) => slot.probe === undefined)
      .map(({ configuration, reasons }) => ({ probe: configuration.spec.probe, reasons }));
  }

  close(): void {
    for (const slot of this.#slots) {
      slot.probe?.close();
    }
    this.#slots = [];
  }

  /** Whether a probe of this name was down for the same reasons, which no configuration of it can remove. */
  #wasRefusedAlike({ spec }: ProbeConfiguration, reasons: readonly SantaError[]): boolean {
    const former = this.#slots.find((slot) => slot.configuration.spec.probe === spec.probe)?.reasons ?? [];
    return reasons.every(
      ({ code, scope }) => (scope === 'host' || scope === 'kernel') && former.some((reason) => reason.code === code),
    );
  }

  async #bringUp(configuration: ProbeConfiguration, prefix: string): Promise<Pick<Slot, 'probe' | 'reasons'>> {
    let probe: Probe | undefined;
    try {
      probe = await Probe.prepare(this.#context, configuration, prefix);
      await probe.attach();
      return { probe, reasons: [] };
    } catch (error) {
      probe?.close();
      return { probe: undefined, reasons: faultsOf(error, configuration.spec.probe) };
    }
  }
}

/** What is wrong with the host is wrong with every probe, and is said once. */
function distinct(faults: readonly SantaError[]): SantaError[] {
  return [...new Map(faults.map((one) => [describeFault(one), one])).values()];
}

function faultsOf(error: unknown, probe: string): readonly SantaError[] {
  if (error instanceof Faults) {
    return error.faults;
  }
  return [
    error instanceof SantaError ? error : fault('PROBE_FAILED', { probe, reason: String(error) }, { cause: error }),
  ];
}

function downStatus({ spec }: ProbeConfiguration, reasons: readonly SantaError[]): ProbeStatus {
  const first = reasons[0];
  return {
    name: spec.probe,
    summary: spec.summary,
    state: 'down',
    ...(first && {
      reason: { code: first.code, message: reasons.map((reason) => reason.message).join('\n'), remedy: first.remedy },
    }),
    series: 0,
    programs: [],
    maps: [],
    metrics: [],
  };
}
