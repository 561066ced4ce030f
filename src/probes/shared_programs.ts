import type { SharedHook, SharedProgram } from '../kernel/shared_hook.js';
import type { ProgramStatus } from '../metrics/probe_status.js';
import { type Meters, RunningProgram } from './running_program.js';

/** The cost of the programs of one hook that belong to no single probe. */
export class SharedPrograms {
  readonly #hook: SharedHook;
  readonly #meters: Meters;
  #attached: readonly SharedProgram[] = [];
  #running: readonly RunningProgram[] = [];

  constructor(hook: SharedHook, meters: Meters) {
    this.#hook = hook;
    this.#meters = meters;
  }

  /** Reads their counts. To be called once the probes are up, and at each scrape. */
  count(): void {
    const { programs } = this.#hook;
    if (programs !== this.#attached) {
      for (const program of this.#running) program.close(this.#meters.sampler);
      this.#running = programs.map(
        (program) => new RunningProgram(program.name, program.section, program, this.#meters),
      );
      this.#attached = programs;
    }
    for (const program of this.#running) program.count();
  }

  /** As of the last `count`, under the name that stands in place of a probe's. */
  status(): { name: string; programs: ProgramStatus[] } {
    return { name: this.#hook.hook.name, programs: this.#running.map((program) => program.status()) };
  }
}
