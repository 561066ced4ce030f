import { isDeepStrictEqual } from 'node:util';
import type { Budget, ProbeBudget } from '../config/budget_schema.js';
import type { Configuration, ProbeConfiguration } from '../config/configuration.js';
import { describeFault, Faults, fault, type SantaError } from '../errors/fault.js';
import type { Family } from '../metrics/family.js';
import type { NumberedProbe } from '../metrics/imitated_metrics.js';
import type { ProbeState, ProbeStatus } from '../metrics/probe_status.js';
import { BudgetJudge, type Excess, excessText } from './budget_judge.js';
import { CostLedger } from './cost_ledger.js';
import type { Deadline } from './deadline.js';
import { fingerprint } from './fingerprint.js';
import type { ProbeContext } from './probe.js';
import { bringUp, type Slot, stateOf, statusOf, suspend } from './slot.js';

/** A probe that this host cannot run, with every reason. */
export interface UnsupportedProbe {
  readonly probe: string;
  readonly reasons: readonly SantaError[];
}

/** A probe whose state has changed. `reasons` is empty if it is up. */
export interface ProbeChange extends UnsupportedProbe {
  readonly state: ProbeState;
}

/** Programs, and the name of what they belong to. */
type Programs = Pick<ProbeStatus, 'name' | 'programs'>;

/** Seconds until a suspended probe is tried again. */
const suspension = 600;

/**
 * All configured probes. A probe that fails has its reasons; the others run.
 * Calls of `start`, `collect`, `keepBudget`, `close` and the change that `prepare` returns must not overlap.
 */
export class ProbeSet {
  readonly #context: ProbeContext;
  readonly #ledger = new CostLedger();
  #slots: readonly Slot[] = [];
  #budget: Budget | undefined;
  #prefix = '';
  #judge = new BudgetJudge();

  constructor(context: ProbeContext) {
    this.#context = context;
  }

  /** Brings up all probes at once. Does not reject: `failures` lists the probes that do not run. */
  async start({ probes, metricPrefix, budget }: Configuration): Promise<void> {
    this.#adopt(metricPrefix, budget);
    this.#slots = await Promise.all(probes.map((configuration) => bringUp(this.#context, configuration, metricPrefix)));
  }

  /**
   * Brings up every probe of a configuration and ends it at once: what a host does not support shows when a program is
   * attached.
   * @returns the probes that this host does not support
   * @throws Faults with everything that is wrong
   */
  async check({ probes, metricPrefix }: Configuration): Promise<UnsupportedProbe[]> {
    const slots = await Promise.all(probes.map((configuration) => bringUp(this.#context, configuration, metricPrefix)));
    closeAll(slots);
    const unsupported = slots.filter((slot) => stateOf(slot) === 'unsupported');
    throwIfAny(slots.flatMap((slot) => (unsupported.includes(slot) ? [] : slot.reasons)));
    return unsupported.map(({ configuration, reasons }) => ({ probe: configuration.spec.probe, reasons }));
  }

  /**
   * Brings up what another configuration adds or changes. Probes that run alike under both keep running and counting. `mayFail`
   * says which probes may fail.
   * @returns changes to that configuration; old probes, which can be read until then, are closed. To be called before another
   *   `prepare`, `keepBudget` or `close`
   * @throws Faults if any other probe fails; then nothing has changed
   */
  async prepare({ probes, metricPrefix, budget }: Configuration): Promise<() => void> {
    const former = this.#slots;
    const next = await Promise.all(
      probes.map(async (configuration) => {
        const same = this.#slotOf(configuration.spec.probe);
        const isAlike = same !== undefined && same.fingerprint === fingerprint(configuration);
        const stays = same?.probe || (same?.suspendedUntil && this.#hasSameBudget(same, configuration, budget));
        return isAlike && stays ? { ...same, configuration } : bringUp(this.#context, configuration, metricPrefix);
      }),
    );
    const kept = new Set(former.map(({ probe }) => probe));
    try {
      throwIfAny(
        next.flatMap((slot) => (mayFail(slot, this.#slotOf(slot.configuration.spec.probe)) ? [] : slot.reasons)),
      );
    } catch (error) {
      closeAll(next.filter(({ probe }) => !kept.has(probe)));
      throw error;
    }
    return () => {
      for (const { probe, configuration } of next) if (kept.has(probe)) probe?.change(configuration, metricPrefix);
      this.#slots = next;
      this.#adopt(metricPrefix, budget);
      const running = new Set(next.map(({ probe }) => probe));
      closeAll(former.filter(({ probe }) => !running.has(probe)));
    };
  }

  /** Reads the maps of these probes at once, by default of all, each until the deadline. Never rejects. */
  async collect(probes?: ReadonlySet<string>, deadline?: Deadline): Promise<void> {
    await Promise.all(this.#chosen(probes).map((slot) => slot.probe?.collect(deadline)));
    this.#ledger.record(this.statuses());
  }

  /**
   * Tries suspended probes again whose time has come, and suspends a probe if the budget says so. Never rejects.
   * @param date milliseconds since 1970
   * @param shared programs of no probe: they count in the total and are never suspended
   */
  async keepBudget(date: number, shared: readonly Programs[]): Promise<ProbeChange[]> {
    if (!this.#slots.some((slot) => slot.suspendedUntil !== undefined || this.#maySuspend(slot))) return [];
    const now = this.#context.now();
    const due = this.#slots.filter(({ suspendedUntil }) => suspendedUntil !== undefined && suspendedUntil <= now);
    const tried = await Promise.all(
      due.map(({ configuration }) => bringUp(this.#context, configuration, this.#prefix)),
    );
    const excess = this.#findExcess(now, shared);
    const changed = tried;
    if (excess) {
      const until = new Date(date + 1000 * suspension).toISOString().replace(/\.\d+/, '');
      const reason = fault('PROBE_SUSPENDED', { ...excessText(excess), until });
      changed.push(suspend(this.#slotOf(excess.probe)!, now + suspension, reason));
    }
    this.#slots = this.#slots.map(
      (slot) => changed.find(({ configuration }) => configuration === slot.configuration) ?? slot,
    );
    return changed.map((slot) => ({
      probe: slot.configuration.spec.probe,
      state: stateOf(slot),
      reasons: slot.reasons,
    }));
  }

  /** Adds what programs have cost that belong to no single probe. */
  charge(shared: Programs): void {
    this.#ledger.record([shared]);
  }

  /** CPU seconds that programs have cost which events start. */
  get costInEvents(): number {
    return this.#ledger.inEvents;
  }

  /** The budget of the exporter with all its probes. */
  get budget(): Budget | undefined {
    return this.#budget;
  }

  families(probes?: ReadonlySet<string>): Family[] {
    return this.#chosen(probes).flatMap((slot) => slot.probe?.families() ?? []);
  }

  /** In the order of the configuration. */
  statuses(probes?: ReadonlySet<string>): ProbeStatus[] {
    return this.#chosen(probes).map(statusOf);
  }

  /** The probes that run, with the kernel's numbers of their programs. */
  numbered(probes?: ReadonlySet<string>): NumberedProbe[] {
    return this.#chosen(probes).flatMap(({ probe }) =>
      probe === undefined ? [] : [{ status: probe.status(), programs: probe.numberedPrograms() }],
    );
  }

  /** The probes that are unsupported or down, each with all of its faults. */
  failures(): ProbeChange[] {
    return this.#slots.flatMap((slot) => {
      const state = stateOf(slot);
      return state === 'up' || state === 'suspended'
        ? []
        : [{ probe: slot.configuration.spec.probe, state, reasons: slot.reasons }];
    });
  }

  close(): void {
    closeAll(this.#slots);
    this.#slots = [];
  }

  #adopt(prefix: string, budget: Budget | undefined): void {
    this.#prefix = prefix;
    this.#budget = budget;
    this.#judge = new BudgetJudge();
  }

  #maySuspend({ configuration }: Slot): boolean {
    const { budget } = configuration.spec;
    return budget !== 'none' && (this.#budget?.action === 'suspend' || budget?.action === 'suspend');
  }

  #hasSameBudget(former: Slot, { spec }: ProbeConfiguration, budget: Budget | undefined): boolean {
    return isDeepStrictEqual([former.configuration.spec.budget, this.#budget], [spec.budget, budget]);
  }

  #findExcess(now: number, shared: readonly Programs[]): Excess | undefined {
    const running = this.#slots.filter(({ probe }) => probe !== undefined);
    for (const { probe } of running) probe?.count();
    this.#ledger.record([...this.statuses(), ...shared]);
    const budgets: [string, ProbeBudget][] = [
      ...running.map(({ configuration: { spec } }): [string, ProbeBudget] => [spec.probe, spec.budget]),
      ...shared.map(({ name }): [string, ProbeBudget] => [name, 'none']),
    ];
    const costs = budgets.map(([probe, budget]) => ({ probe, seconds: this.#ledger.ofProbe(probe), budget }));
    return this.#judge.judge(now, costs, this.#budget);
  }

  #chosen(probes: ReadonlySet<string> | undefined): readonly Slot[] {
    if (probes === undefined) return this.#slots;
    return this.#slots.filter(({ configuration }) => probes.has(configuration.spec.probe));
  }

  #slotOf(probe: string): Slot | undefined {
    return this.#slots.find(({ configuration }) => configuration.spec.probe === probe);
  }
}

/**
 * Whether a reload accepts that a probe does not run: this host does not offer what it needs, or nothing has changed, or the
 * host or the kernel refused it before and still does. A probe that runs is not given up.
 */
function mayFail({ fingerprint, reasons }: Slot, former: Slot | undefined): boolean {
  if (former?.probe !== undefined) return false;
  if (former?.fingerprint === fingerprint) return true;
  const wasRefused = former?.reasons.every(isOfMachine) ?? false;
  return reasons.every((reason) => reason.isUnsupported || (wasRefused && isOfMachine(reason)));
}

function isOfMachine({ scope }: SantaError): boolean {
  return scope === 'host' || scope === 'kernel';
}

/** Throws each fault once: probes share the faults of the host. */
function throwIfAny(faults: readonly SantaError[]): void {
  if (faults.length === 0) return;
  throw new Faults([...new Map(faults.map((one) => [describeFault(one), one])).values()]);
}

function closeAll(slots: readonly Slot[]): void {
  for (const slot of slots) slot.probe?.close();
}
