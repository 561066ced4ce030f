import { isIterator } from '../kernel/program_section.js';
import type { ProbeStatus, ProgramStatus } from '../metrics/probe_status.js';

/**
 * Adds up what probes cost, in CPU seconds: run time and entry cost of their programs, and the reading of their records. The sums never go down, also when a probe
 * is loaded anew or ends. A program counts from the moment its cost is known.
 */
export class CostLedger {
  readonly #parts = new Map<string, number>();
  readonly #probes = new Map<string, number>();
  #inEvents = 0;

  /** Adds what programs have cost since the last call. */
  record(statuses: Iterable<Pick<ProbeStatus, 'name' | 'programs'> & Partial<Pick<ProbeStatus, 'events'>>>): void {
    for (const { name: probe, programs, events = [] } of statuses) {
      for (const program of programs) this.#addProgram(probe, program);
      // A thread of the exporter reads them: that is part of its CPU time.
      for (const { buffer, seconds } of events) this.#add(probe, JSON.stringify([probe, 'buffer', buffer]), seconds);
    }
  }

  ofProbe(probe: string): number {
    return this.#probes.get(probe) ?? 0;
  }

  /** Of all programs that events start. Iterators run in the exporter's own process: they are part of its CPU time. */
  get inEvents(): number {
    return this.#inEvents;
  }

  #addProgram(probe: string, { name, section, runSeconds, entrySeconds }: ProgramStatus): void {
    const key = JSON.stringify([probe, name]);
    if (runSeconds === 'unknown' || entrySeconds === 'unknown') {
      this.#parts.delete(key);
      return;
    }
    const added = this.#add(probe, key, runSeconds + entrySeconds);
    if (!isIterator(section)) this.#inEvents += added;
  }

  /** @returns what was added */
  #add(probe: string, key: string, total: number): number {
    const before = this.#parts.get(key) ?? total;
    // A smaller total is that of a program loaded anew.
    const added = total < before ? total : total - before;
    this.#parts.set(key, total);
    this.#probes.set(probe, this.ofProbe(probe) + added);
    return added;
  }
}
