import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Addon, RunStatistics } from './addon.js';
import { RunEstimate } from './run_estimate.js';

/** A program whose runs are sampled. */
export interface SampledProgram {
  /** What the kernel counted since the program was loaded, while counting was on. */
  counts(): { runs: number; nanoseconds: number };
}

export interface RunSamplerOptions {
  readonly addon: Addon;
  /** Where `/proc` is: the sysctl `kernel.bpf_stats_enabled` may have counting on for good. */
  readonly proc: string;
  /** Seconds, never going back. */
  now(): number;
  /** Length of a window, and the least time from one to the next, in seconds. */
  readonly window?: number;
  readonly interval?: number;
}

/**
 * Has the kernel count the runs of BPF programs for a short window now and then, when asked by `wake()`: counting makes
 * every event of every program dearer, so it is never left on. Without the privilege (CAP_SYS_ADMIN) estimates stay empty.
 */
export class RunSampler {
  readonly #options: Required<RunSamplerOptions>;
  readonly #programs = new Map<SampledProgram, { estimate: RunEstimate; since: number }>();
  #lastWindow = Number.NEGATIVE_INFINITY;
  #window: { statistics: RunStatistics | undefined; timer: NodeJS.Timeout } | undefined;
  #refused = false;

  constructor(options: RunSamplerOptions) {
    this.#options = { window: 0.25, interval: 15, ...options };
  }

  /** Takes a program in; the returned estimate is kept up to date until `remove`. */
  add(program: SampledProgram): RunEstimate {
    const estimate = new RunEstimate();
    this.#programs.set(program, { estimate, since: this.#options.now() });
    return estimate;
  }

  remove(program: SampledProgram): void {
    this.#programs.delete(program);
  }

  /** Whether the kernel may be asked to count; found out by the first `wake`. */
  get isAllowed(): boolean {
    return !this.#refused;
  }

  /** Opens a window unless one is open, the last was a moment ago, or the kernel refused. Called after each scrape. */
  wake(): void {
    if (this.#window || this.#refused || this.#options.now() - this.#lastWindow < this.#options.interval) {
      return;
    }
    let statistics: RunStatistics | undefined;
    if (!this.#alwaysOn()) {
      try {
        statistics = new this.#options.addon.RunStatistics();
      } catch {
        this.#refused = true;
        return;
      }
    }
    const opened = this.#options.now();
    const before = new Map([...this.#programs.keys()].map((program) => [program, program.counts()]));
    const timer = setTimeout(() => this.#closeWindow(opened, before), this.#options.window * 1000);
    timer.unref();
    this.#window = { statistics, timer };
  }

  /** Ends an open window; nothing is counted afterwards. */
  close(): void {
    clearTimeout(this.#window?.timer);
    this.#window?.statistics?.close();
    this.#window = undefined;
    this.#refused = true;
  }

  #closeWindow(opened: number, before: ReadonlyMap<SampledProgram, { runs: number; nanoseconds: number }>): void {
    const now = this.#options.now();
    for (const [program, start] of before) {
      const entry = this.#programs.get(program);
      if (entry === undefined) {
        continue;
      }
      const end = program.counts();
      const counted = { runs: end.runs - start.runs, nanoseconds: end.nanoseconds - start.nanoseconds };
      entry.estimate.add(counted, now - opened, now - entry.since);
      entry.since = now;
    }
    this.#window?.statistics?.close();
    this.#window = undefined;
    this.#lastWindow = now;
  }

  #alwaysOn(): boolean {
    try {
      return readFileSync(join(this.#options.proc, 'sys/kernel/bpf_stats_enabled'), 'utf8').trim() === '1';
    } catch {
      return false;
    }
  }
}
