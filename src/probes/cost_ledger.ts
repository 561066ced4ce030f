import { isIterator } from '../kernel/program_section.js';
import type { ProbeStatus, ProgramStatus } from '../metrics/probe_status.js';

/**
 * Adds up what probes cost, in CPU seconds: run time and entry cost of their programs. The sums never go down, also when a probe
 * is loaded anew or ends. A program counts from the moment its cost is known.
 */
export class CostLedger {
  readonly #programs = new Map<string, number>();
  readonly #probes = new Map<string, number>();
  #inEvents = 0;

  /** Adds what programs have cost since the last call. */
  record(statuses: Iterable<Pick<ProbeStatus, 'name' | 'programs'>>): void {
    for (const { name: probe, programs } of statuses) {
      for (const program of programs) this.#add(probe, program);
    }
  }

  ofProbe(probe: string): number {
    return this.#probes.get(probe) ?? 0;
  }

  /** Of all programs that events start. Iterators run in the exporter's own process: they are part of its CPU time. */
  get inEvents(): number {
    return this.#inEvents;
  }

  #add(probe: string, { name, section, runSeconds, entrySeconds }: ProgramStatus): void {
    const key = JSON.stringify([probe, name]);
    if (runSeconds === 'unknown' || entrySeconds === 'unknown') {
      this.#programs.delete(key);
      return;
    }
    const total = runSeconds + entrySeconds;
    const before = this.#programs.get(key) ?? total;
    // A smaller total is that of a program loaded anew.
    const added = total < before ? total : total - before;
    this.#programs.set(key, total);
    this.#probes.set(probe, this.ofProbe(probe) + added);
    if (!isIterator(section)) this.#inEvents += added;
  }
}
