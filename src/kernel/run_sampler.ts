import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Addon, RunStatistics } from './addon.js';
import { type RunCounts, SampledCost } from './run_cost.js';

/** A program whose cost is sampled. */
export interface SampledProgram {
  /** Runs and run time since the load, as far as the kernel counted them. */
  measured(): RunCounts;
  /** All runs since the load, if the program counts them. */
  counted(): number | undefined;
  /** Called when a window opens, and when it closes. */
  measure?(isOn: boolean): void;
}

export interface RunSamplerOptions {
  readonly addon: Addon;
  /** The procfs: the sysctl `kernel.bpf_stats_enabled` may keep counting on permanently. */
  readonly proc: string;
  /** Seconds, never going back. */
  now(): number;
  /** From 0 to below 1. */
  random?(): number;
  /** Length of a window, and the mean time between two windows, in seconds. */
  readonly window?: number;
  readonly interval?: number;
}

type Members = Map<SampledProgram, { cost: SampledCost; since: number }>;

/**
 * Lets the kernel count the runs of BPF programs in short windows. Counting adds cost to every event of every program, so it is
 * never left on. Windows come at random moments: whatever happens at regular times, such as a scrape, is met as often as it
 * takes place. Without CAP_SYS_ADMIN there are no windows.
 */
export class RunSampler {
  readonly #options: Required<RunSamplerOptions>;
  readonly #programs: Members = new Map();
  #timer: NodeJS.Timeout | undefined;
  #statistics: RunStatistics | undefined;

  constructor(options: RunSamplerOptions) {
    this.#options = { window: 0.25, interval: 15, random: Math.random, ...options };
  }

  /** Adds a program. The returned cost is kept up to date until `remove`. */
  add(program: SampledProgram): SampledCost {
    const cost = new SampledCost();
    this.#programs.set(program, { cost, since: this.#options.now() });
    return cost;
  }

  remove(program: SampledProgram): void {
    this.#programs.delete(program);
  }

  /** Opens the first window now. Does nothing if the windows have started. */
  start(): void {
    if (this.#timer === undefined) this.#open();
  }

  /** Ends an open window. No window opens afterwards. */
  close(): void {
    clearTimeout(this.#timer);
    this.#statistics?.close();
    this.#statistics = undefined;
  }

  #open(): void {
    if (this.#programs.size === 0) {
      this.#next();
      return;
    }
    if (!this.#alwaysOn()) {
      try {
        this.#statistics = new this.#options.addon.RunStatistics();
      } catch {
        // Refused. The administrator may turn the sysctl on at any time.
        this.#next();
        return;
      }
    }
    for (const program of this.#programs.keys()) program.measure?.(true);
    const opened = this.#options.now();
    const before = new Map([...this.#programs.keys()].map((program) => [program, program.measured()]));
    this.#later(this.#options.window, () => {
      this.#closeWindow(opened, before);
      this.#next();
    });
  }

  /** Exponential distances make the moments random: the time since the last window tells nothing about the next one. */
  #next(): void {
    const { interval, random } = this.#options;
    this.#later(-Math.log(1 - random()) * interval, () => this.#open());
  }

  #later(seconds: number, callback: () => void): void {
    this.#timer = setTimeout(callback, seconds * 1000);
    this.#timer.unref();
  }

  #closeWindow(opened: number, before: ReadonlyMap<SampledProgram, RunCounts>): void {
    const now = this.#options.now();
    for (const [program, start] of before) {
      const entry = this.#programs.get(program);
      if (entry === undefined) {
        continue;
      }
      const end = program.measured();
      const measured = { runs: end.runs - start.runs, nanoseconds: end.nanoseconds - start.nanoseconds };
      const counted = program.counted();
      if (counted !== undefined) entry.cost.count(counted);
      entry.cost.addWindow(measured, now - opened, now - entry.since);
      entry.since = now;
      program.measure?.(false);
    }
    this.#statistics?.close();
    this.#statistics = undefined;
  }

  #alwaysOn(): boolean {
    try {
      return readFileSync(join(this.#options.proc, 'sys/kernel/bpf_stats_enabled'), 'utf8').trim() === '1';
    } catch {
      return false;
    }
  }
}
