import type { AttachedPrograms, SharedSource } from '../kernel/attached_programs.js';
import type { ProbeStatus } from '../metrics/probe_status.js';
import { type Meters, RunningProgram } from './running_program.js';

/** The cost of programs that belong to no single probe. */
export class SharedPrograms {
  readonly #source: SharedSource;
  readonly #meters: Meters;
  #attached: AttachedPrograms | undefined;
  #running: readonly RunningProgram[] = [];

  constructor(source: SharedSource, meters: Meters) {
    this.#source = source;
    this.#meters = meters;
  }

  /** Reads their counts. To be called once the probes are up, and at each scrape. */
  count(): void {
    const { attached } = this.#source;
    if (attached !== this.#attached) {
      for (const program of this.#running) program.close(this.#meters.sampler);
      this.#running =
        attached?.programs.map((one) => new RunningProgram(one.name, one.section, attached, this.#meters)) ?? [];
      this.#attached = attached;
    }
    for (const program of this.#running) program.count();
  }

  /** As of the last `count`, under the name that stands in place of a probe's. */
  status(): Pick<ProbeStatus, 'name' | 'programs'> {
    return { name: this.#source.name, programs: this.#running.map((program) => program.status()) };
  }
}
