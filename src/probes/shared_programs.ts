import { type SharedProgram, type SyscallExits, sharedHook } from '../kernel/syscall_exits.js';
import type { ProgramStatus } from '../metrics/probe_status.js';
import { type Meters, RunningProgram } from './running_program.js';

/** The cost of the programs that belong to no single probe. */
export class SharedPrograms {
  readonly #exits: SyscallExits;
  readonly #meters: Meters;
  #attached: SharedProgram | undefined;
  #running: RunningProgram | undefined;

  constructor(exits: SyscallExits, meters: Meters) {
    this.#exits = exits;
    this.#meters = meters;
  }

  /** Reads their counts. To be called once the probes are up, and at each scrape. */
  count(): void {
    const { program } = this.#exits;
    if (program !== this.#attached) {
      this.#running?.close(this.#meters.sampler);
      this.#running = program && new RunningProgram(program.name, program.section, program, this.#meters);
      this.#attached = program;
    }
    this.#running?.count();
  }

  /** As of the last `count`, under the name that stands in place of a probe's. */
  status(): { name: string; programs: ProgramStatus[] } {
    return { name: sharedHook, programs: this.#running ? [this.#running.status()] : [] };
  }
}
