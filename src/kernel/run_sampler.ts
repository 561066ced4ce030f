import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Addon, RunStatistics } from './addon.js';
import { RunEstimate } from './run_estimate.js';

/** A program whose runs are sampled. */
export interface SampledProgram {
  /** Runs and run time since the load, as far as the kernel counted them. */
  counts(): { runs: number; nanoseconds: number };
}

export interface RunSamplerOptions {
  readonly addon: Addon;
  /** The procfs: the sysctl `kernel.bpf_stats_enabled` may keep counting on permanently. */
  readonly proc: string;
  /** Seconds, never going back. */
  now(): number;
  /** Length of a window, and the least time between two windows, in seconds. */
  readonly window?: number;
  readonly interval?: number;
}

/**
 * Lets the kernel count the runs of BPF programs in short windows, at most one per call of `wake()`. Counting adds cost to every
 * event of every program, so it is never left on. Without CAP_SYS_ADMIN the estimates stay empty.
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

  /** Adds a program. The returned estimate is kept up to date until `remove`. */
  add(program: SampledProgram): RunEstimate {
    const estimate = new RunEstimate();
    this.#programs.set(program, { estimate, since: this.#options.now() });
    return estimate;
  }

  remove(program: SampledProgram): void {
    this.#programs.delete(program);
  }

  /** False once the kernel refused to count; the first `wake` finds out. */
  get isAllowed(): boolean {
    return !this.#refused;
  }

  /** Opens a window, unless one is open, the last one is too recent, or the kernel refused. Called after each scrape. */
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

  /** Ends an open window. No window opens afterwards. */
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
