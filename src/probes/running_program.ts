import type { HookCost, HookedProgram } from '../kernel/hook_cost.js';
import type { ProgramRuns } from '../kernel/program_runs.js';
import { MeasuredCost, type RunCost, type SampledCost } from '../kernel/run_cost.js';
import type { RunSampler, SampledProgram } from '../kernel/run_sampler.js';
import type { ProgramStatus } from '../metrics/probe_status.js';

/** What measures programs. */
export interface Meters {
  readonly sampler: RunSampler;
  readonly hooks: HookCost;
}

/** An attached program with its runs: each run of an iterator is measured, those of other programs are sampled. */
export class RunningProgram {
  readonly name: string;
  readonly #program: HookedProgram;
  readonly #kernel: ProgramRuns;
  readonly #hooks: HookCost;
  readonly #cost: RunCost;
  #missed: number | undefined;
  readonly #measured: MeasuredCost | undefined;
  readonly #sampled: { readonly program: SampledProgram; readonly cost: SampledCost } | undefined;

  constructor(name: string, section: string, kernel: ProgramRuns, { sampler, hooks }: Meters) {
    this.name = name;
    this.#program = { section, isAttached: kernel.isAttached?.(name) ?? true };
    this.#kernel = kernel;
    this.#hooks = hooks;
    if (kernel.iterators().includes(name)) {
      this.#measured = new MeasuredCost();
      this.#cost = this.#measured;
    } else {
      const sampled = {
        measured: () => kernel.measuredRuns(name),
        counted: () => kernel.countedRuns(name),
        measure: (isOn: boolean) => kernel.measure?.(isOn),
      };
      this.#sampled = { program: sampled, cost: sampler.add(sampled) };
      this.#cost = this.#sampled.cost;
    }
  }

  /** Reads the counts of the kernel and of the program. */
  count(): void {
    const runs = this.#sampled?.program.counted();
    if (runs !== undefined) this.#sampled?.cost.count(runs);
    const missed = this.#kernel.missedRuns({ name: this.name, section: this.#program.section });
    this.#missed = missed === undefined ? undefined : Math.max(missed, this.#missed ?? 0);
  }

  /**
   * Adds a run of an iterator.
   * @param sinceSeconds time since the run before
   */
  ran(nanoseconds: number, sinceSeconds: number): void {
    this.#measured?.add({ runs: 1, nanoseconds }, sinceSeconds);
  }

  /** As of the last `count`. */
  status(): ProgramStatus {
    const { runs, estimatedRuns, seconds, nanosecondsPerRun, cpuShare, runRate } = this.#cost;
    const entry = this.#hooks.ofRun(this.#program);
    const isEntryKnown = entry !== undefined && estimatedRuns !== undefined;
    return {
      name: this.name,
      section: this.#program.section,
      runs: runs ?? 'unknown',
      runSeconds: seconds ?? 'unknown',
      entrySeconds: isEntryKnown ? (estimatedRuns * entry) / 1e9 : 'unknown',
      missedRuns: this.#missed ?? 'unknown',
      nanosecondsPerRun: nanosecondsPerRun ?? 'unknown',
      cpuShare: cpuShare === undefined ? 'unknown' : cpuShare + ((runRate ?? 0) * (entry ?? 0)) / 1e9,
    };
  }

  /** Ends the measuring. */
  close(sampler: RunSampler): void {
    if (this.#sampled) sampler.remove(this.#sampled.program);
  }
}
