import type { KernelProbe } from './kernel_probe.js';
import type { ProgramRuns } from './program_runs.js';
import type { RunCounts } from './run_cost.js';

/** Loads programs that belong to no probe. */
export interface SharedSource {
  /** The name that stands where others have the name of their probe. */
  readonly name: string;
  /** Undefined while no probe needs them. Another object once they were detached meanwhile. */
  readonly attached: AttachedPrograms | undefined;
}

/**
 * The programs of an object that belongs to no probe. Their counts stay as they were last read once it is closed: a window of the run
 * statistics may be open.
 */
export class AttachedPrograms implements ProgramRuns {
  readonly programs: readonly { readonly name: string; readonly section: string }[];
  protected isOpen = true;
  readonly #kernel: KernelProbe;
  readonly #measured = new Map<string, RunCounts>();
  readonly #counted = new Map<string, number | undefined>();

  constructor(kernel: KernelProbe) {
    this.programs = kernel.programs();
    this.#kernel = kernel;
  }

  /** To be called before the object is closed. */
  detach(): void {
    this.isOpen = false;
  }

  iterators(): string[] {
    return [];
  }

  measuredRuns(program: string): RunCounts {
    if (this.isOpen) this.#measured.set(program, this.readMeasured(program));
    return this.#measured.get(program) ?? { runs: 0, nanoseconds: 0 };
  }

  /** While the object is open. */
  protected readMeasured(program: string): RunCounts {
    return this.#kernel.measuredRuns(program);
  }

  countedRuns(program: string): number | undefined {
    if (this.isOpen) this.#counted.set(program, this.#kernel.countedRuns(program));
    return this.#counted.get(program);
  }

  /** See `ProgramRuns`. */
  measure?(isOn: boolean): void;

  missedRuns(program: { readonly name: string; readonly section: string }): number | undefined {
    return this.isOpen ? this.#kernel.missedRuns(program) : undefined;
  }
}
