import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** `enum bpf_prog_type`: kprobe, tracepoint, perf_event, raw_tracepoint, tracing. */
const tracingTypes = new Set(['2', '5', '7', '17', '26']);
const patienceMs = 600_000;

/**
 * Other processes that hold tracing programs, which make events dearer for everybody: what a program adds to an event that
 * already has one is much less than what the first one adds.
 */
export class Bystanders {
  #waited = 0;
  /** Whether measurements had to go on in spite of them. */
  wereThere = false;

  /** Resolves when there are none, or when it has waited ten minutes in all. */
  async leave(): Promise<void> {
    while (isAnyThere()) {
      if (this.#waited >= patienceMs) {
        this.wereThere = true;
        return;
      }
      await sleep(100);
      this.#waited += 100;
    }
  }

  /** Does the work again until there were none before and after it. */
  async without<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      await this.leave();
      const result = await work();
      if (this.wereThere || !isAnyThere()) return result;
    }
  }
}

function isAnyThere(): boolean {
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
    // It has ended, or closed the descriptor, meanwhile.
    return false;
  }
}
