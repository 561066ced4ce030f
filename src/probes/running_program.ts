import type { ProgramRuns } from '../kernel/program_runs.js';
import { MeasuredCost, type RunCost, type SampledCost } from '../kernel/run_cost.js';
import type { RunSampler, SampledProgram } from '../kernel/run_sampler.js';
import type { ProgramStatus } from '../metrics/probe_status.js';

/** An attached program with its runs: each run of an iterator is measured, those of other programs are sampled. */
export class RunningProgram {
  readonly name: string;
  readonly #section: string;
  readonly #kernel: ProgramRuns;
  readonly #cost: RunCost;
  #missed: number | undefined;
  readonly #measured: MeasuredCost | undefined;
  readonly #sampled: { readonly program: SampledProgram; readonly cost: SampledCost } | undefined;

  constructor(name: string, section: string, kernel: ProgramRuns, sampler: RunSampler) {
    this.name = name;
    this.#section = section;
    this.#kernel = kernel;
    if (kernel.iterators().includes(name)) {
      this.#measured = new MeasuredCost();
      this.#cost = this.#measured;
    } else {
      const program = {
        measured: () => kernel.measuredRuns(name),
        counted: () => kernel.countedRuns(name),
        measure: (isOn: boolean) => kernel.measure?.(isOn),
      };
      this.#sampled = { program, cost: sampler.add(program) };
      this.#cost = this.#sampled.cost;
    }
  }

  /** Reads the counts of the kernel and of the program. */
  count(): void {
    const runs = this.#sampled?.program.counted();
    if (runs !== undefined) this.#sampled?.cost.count(runs);
    const missed = this.#kernel.missedRuns({ name: this.name, section: this.#section });
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
    const { runs, seconds, nanosecondsPerRun, cpuShare } = this.#cost;
    return {
      name: this.name,
      section: this.#section,
      runs: runs ?? 'unknown',
      runSeconds: seconds ?? 'unknown',
      missedRuns: this.#missed ?? 'unknown',
      nanosecondsPerRun: nanosecondsPerRun ?? 'unknown',
      cpuShare: cpuShare ?? 'unknown',
    };
  }

  /** Ends the measuring. */
  close(sampler: RunSampler): void {
    if (this.#sampled) sampler.remove(this.#sampled.program);
  }
}
