import type { SharedProgram } from '../kernel/shared_hook.js';
import type { ProgramStatus } from '../metrics/probe_status.js';
import { type Meters, RunningProgram } from './running_program.js';

/** Attaches programs that belong to no single probe. */
export interface SharedSource {
  /** The name that stands where others have the name of their probe. */
  readonly name: string;
  /** The attached programs; none while no probe needs them. Another array once they were detached meanwhile. */
  readonly programs: readonly SharedProgram[];
}

/** The cost of programs that belong to no single probe. */
export class SharedPrograms {
  readonly #source: SharedSource;
  readonly #meters: Meters;
  #attached: readonly SharedProgram[] = [];
  #running: readonly RunningProgram[] = [];

  constructor(source: SharedSource, meters: Meters) {
    this.#source = source;
    this.#meters = meters;
  }

  /** Reads their counts. To be called once the probes are up, and at each scrape. */
  count(): void {
    const { programs } = this.#source;
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
    return { name: this.#source.name, programs: this.#running.map((program) => program.status()) };
  }
}
