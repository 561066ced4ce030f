import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Addon } from '../../src/kernel/addon.js';
import { RunSampler, type SampledProgram } from '../../src/kernel/run_sampler.js';
import { randomNumbers } from '../harness/random.js';

describe('RunSampler', () => {
  let seconds = 0;
  let isAllowed = true;
  let open = 0;
  const windows: number[] = [];
  class RunStatistics {
    constructor() {
      if (!isAllowed) throw new Error('EPERM');
      open += 1;
      windows.push(seconds);
    }
    close() {
      open -= 1;
    }
  }
  const addon = { RunStatistics } as unknown as Addon;
  let sampler: RunSampler;

  function create(random = () => 0.5): void {
    sampler = new RunSampler({ addon, proc: '/nowhere', now: () => seconds, random });
  }

  /** Lets time pass in steps of 50 ms. @param each is called at every step */
  function pass(duration: number, each: () => void = () => {}): void {
    for (const end = seconds + duration; seconds < end - 1e-9; ) {
      seconds = Math.round(seconds * 20 + 1) / 20;
      each();
      vi.advanceTimersByTime(50);
    }
  }

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    [seconds, isAllowed, open, windows.length] = [0, true, 0, 0];
  });
  afterEach(() => {
    sampler.close();
    vi.useRealTimers();
  });

  /** A program of which the kernel sees a run when statistics are on. */
  class Program implements SampledProgram {
    #measured = 0;
    runs = 0;
    readonly #counts: boolean;
    constructor(counts: boolean) {
      this.#counts = counts;
    }
    run(times: number): void {
      this.runs += times;
      if (open > 0) this.#measured += times;
    }
    measured = () => ({ runs: this.#measured, nanoseconds: this.#measured * 100 });
    counted = () => (this.#counts ? this.runs : undefined);
  }

  it('has the kernel count only within windows', () => {
    create();
    sampler.add(new Program(true));
    sampler.start();
    sampler.start();
    expect([open, windows]).toEqual([1, [0]]);
    pass(0.3);
    expect(open).toBe(0);
    pass(15 * Math.LN2);
    expect(open).toBe(1);
    sampler.close();
    expect(open).toBe(0);
    pass(100);
    expect(windows.length).toBe(2);
  });

  it('reports the runs of a burst that no window sees', () => {
    create();
    const program = new Program(true);
    const cost = sampler.add(program);
    sampler.start();
    pass(0.25, () => program.run(1));
    pass(1);
    program.run(1_005_860);
    pass(15);
    expect(cost.runs).toBe(program.runs);
    expect(cost.seconds).toBeCloseTo(program.runs * 100e-9, 9);
  });

  it('meets what happens at regular times as often as it takes place', () => {
    const random = randomNumbers(7);
    create(() => random(2 ** 30) / 2 ** 30);
    const program = new Program(false);
    const cost = sampler.add(program);
    sampler.start();
    // Busy for one second after each scrape, every 15 seconds.
    pass(9000, () => program.run(seconds % 15 < 1 ? 100 : 0));
    const truth = program.runs * 100e-9;
    expect(cost.seconds! / truth).toBeGreaterThan(0.8);
    expect(cost.seconds! / truth).toBeLessThan(1.2);
  });

  it('knows nothing while the kernel refuses, and tries again', () => {
    create();
    isAllowed = false;
    const program = new Program(true);
    const cost = sampler.add(program);
    sampler.start();
    pass(60, () => program.run(1));
    expect(cost).toMatchObject({ seconds: undefined, nanosecondsPerRun: undefined });
    isAllowed = true;
    pass(60, () => program.run(1));
    expect(cost.nanosecondsPerRun).toBe(100);
  });
});
