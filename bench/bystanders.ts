import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** `enum bpf_prog_type`: kprobe, tracepoint, perf_event, raw_tracepoint, tracing. */
const tracingTypes = new Set(['2', '5', '7', '17', '26']);
const patienceMs = 600_000;

/**
 * Other processes with tracing programs. They distort a measurement: the first program on an event costs much more than
 * a further one.
 */
export class Bystanders {
  #waited = 0;
  /** Whether measurements continued while such processes ran. */
  interfered = false;

  /** Resolves when there are none, or after ten minutes of waiting in total. */
  async #gone(): Promise<void> {
    while (isTracingElsewhere()) {
      if (this.#waited >= patienceMs) {
        this.interfered = true;
        return;
      }
      await sleep(100);
      this.#waited += 100;
    }
  }

  /** Repeats the work until there are none before and after it. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.#gone();
      const result = await work();
      if (this.interfered || !isTracingElsewhere()) return result;
    }
  }
}

/** Whether another process has tracing programs. */
export function isTracingElsewhere(): boolean {
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && name !== String(process.pid) && isTracing(name));
}

function isTracing(pid: string): boolean {
  const folder = `/proc/${pid}/fdinfo`;
  try {
    return readdirSync(folder).some((descriptor) => {
      const type = /^prog_type:\s*(\d+)$/m.exec(readFileSync(`${folder}/${descriptor}`, 'latin1'))?.[1];
      return type !== undefined && tracingTypes.has(type);
    });
  } catch {
    // The process ended or closed the descriptor meanwhile.
    return false;
  }
}
