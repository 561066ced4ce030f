import type { Configuration } from '../config/configuration.js';
import { describeFault, Faults, type SantaError } from '../errors/fault.js';
import type { Family } from '../metrics/family.js';
import type { ProbeStatus } from '../metrics/probe_status.js';
import { fingerprint } from './fingerprint.js';
import { Probe, type ProbeContext } from './probe.js';
import { bringUp, faultsOf, type Slot, statusOf } from './slot.js';

/**
 * All configured probes. A probe that fails is down with its reasons; the others run.
 * Calls of `start`, `reload`, `collect` and `close` must not overlap.
 */
export class ProbeSet {
  readonly #context: ProbeContext;
  #slots: readonly Slot[] = [];

  constructor(context: ProbeContext) {
    this.#context = context;
  }

  /** Brings up all probes at once. Does not reject: `failures` lists the probes that are down. */
  async start({ probes, metricPrefix }: Configuration): Promise<void> {
    this.#slots = await Promise.all(probes.map((configuration) => bringUp(this.#context, configuration, metricPrefix)));
  }

  /**
   * Loads every probe of a configuration, attaches none and unloads all of them.
   * @throws Faults with everything that is wrong
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
    throwIfAny(faults.flat());
  }

  /**
   * Changes to another configuration. Unchanged probes that run are not touched. New probes run before old ones are closed.
   * A probe that was down may stay down if it is unchanged, or if the host or the kernel still refuses it.
   * @throws Faults if any other probe fails; then nothing has changed
   */
  async reload({ probes, metricPrefix }: Configuration): Promise<void> {
    const former = this.#slots;
    const next = await Promise.all(
      probes.map(async (configuration) => {
        const wanted = fingerprint(configuration, metricPrefix);
        const same = this.#slotOf(configuration.spec.probe);
        return same?.probe && same.fingerprint === wanted ? same : bringUp(this.#context, configuration, metricPrefix);
      }),
    );
    try {
      throwIfAny(next.flatMap((slot) => (this.#mayStayDown(slot) ? [] : slot.reasons)));
    } catch (error) {
      closeAll(next.filter((slot) => !former.includes(slot)));
      throw error;
    }
    this.#slots = next;
    closeAll(former.filter((slot) => !next.includes(slot)));
  }

  /** Reads the maps of all probes at once. Never rejects. */
  async collect(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.probe?.collect()));
  }

  families(): Family[] {
    return this.#slots.flatMap((slot) => slot.probe?.families() ?? []);
  }

  /** In the order of the configuration. */
  statuses(): ProbeStatus[] {
    return this.#slots.map(statusOf);
  }

  /** The probes that are down, each with all of its faults. */
  failures(): { probe: string; reasons: readonly SantaError[] }[] {
    return this.#slots
      .filter((slot) => slot.probe === undefined)
      .map(({ configuration, reasons }) => ({ probe: configuration.spec.probe, reasons }));
  }

  close(): void {
    closeAll(this.#slots);
    this.#slots = [];
  }

  #slotOf(probe: string): Slot | undefined {
    return this.#slots.find(({ configuration }) => configuration.spec.probe === probe);
  }

  /** Whether a reload accepts that a probe is down: it was down before, and this configuration is not to blame. */
  #mayStayDown({ configuration, fingerprint, reasons }: Slot): boolean {
    const former = this.#slotOf(configuration.spec.probe);
    if (former?.fingerprint === fingerprint) return true;
    return reasons.every(
      ({ code, scope }) =>
        (scope === 'host' || scope === 'kernel') && former?.reasons.some((reason) => reason.code === code),
    );
  }
}

/** Throws each fault once: probes share the faults of the host. */
function throwIfAny(faults: readonly SantaError[]): void {
  if (faults.length === 0) return;
  throw new Faults([...new Map(faults.map((one) => [describeFault(one), one])).values()]);
}

function closeAll(slots: readonly Slot[]): void {
  for (const slot of slots) slot.probe?.close();
}
