import type { RunSampler } from '../kernel/run_sampler.js';
import { type SharedProgram, type SyscallExits, sharedHook } from '../kernel/syscall_exits.js';
import type { ProgramStatus } from '../metrics/probe_status.js';
import { RunningProgram } from './running_program.js';

/** The cost of the programs that belong to no single probe. */
export class SharedPrograms {
  readonly #exits: SyscallExits;
  readonly #sampler: RunSampler;
  #attached: SharedProgram | undefined;
  #running: RunningProgram | undefined;

  constructor(exits: SyscallExits, sampler: RunSampler) {
    this.#exits = exits;
    this.#sampler = sampler;
  }

  /** Reads their counts. To be called once the probes are up, and at each scrape. */
  count(): void {
    const { program } = this.#exits;
    if (program !== this.#attached) {
      this.#running?.close(this.#sampler);
      this.#running = program && new RunningProgram(program.name, program.section, program, this.#sampler);
      this.#attached = program;
    }
    this.#running?.count();
  }

  /** As of the last `count`, under the name that stands in place of a probe's. */
  status(): { name: string; programs: ProgramStatus[] } {
    return { name: sharedHook, programs: this.#running ? [this.#running.status()] : [] };
  }
}
