import { describe, expect, it } from 'vitest';
import type { Addon } from '../../src/kernel/addon.js';
import { RunEstimate } from '../../src/kernel/run_estimate.js';
import { RunSampler } from '../../src/kernel/run_sampler.js';

describe('RunEstimate', () => {
  it("lets a window's rate stand for the time since the window before", () => {
    const estimate = new RunEstimate();
    estimate.add({ runs: 100, nanoseconds: 20_000 }, 0.25, 10);
    expect(estimate.runs).toBe(4000);
    expect(estimate.seconds).toBeCloseTo(0.0008, 12);
    expect(estimate.nanosecondsPerRun).toBe(200);
    expect(estimate.cpuShare).toBeCloseTo(0.00008, 12);
  });

  it('knows nothing per run before the first run', () => {
    const estimate = new RunEstimate();
    expect(estimate.cpuShare).toBeUndefined();
    estimate.add({ runs: 0, nanoseconds: 0 }, 0.25, 1);
    expect(estimate.nanosecondsPerRun).toBeUndefined();
    expect(estimate.cpuShare).toBe(0);
  });
});

describe('RunSampler', () => {
  it('has the kernel count only within a window, and no sooner than the interval again', async () => {
    let open = 0;
    let opened = 0;
    class RunStatistics {
      enabled = true;
      constructor() {
        open += 1;
        opened += 1;
      }
      close() {
        open -= 1;
      }
    }
    let now = 0;
    const counts = { runs: 0, nanoseconds: 0 };
    const sampler = new RunSampler({
      addon: { RunStatistics } as unknown as Addon,
      proc: '/nowhere',
      now: () => now,
      window: 0.01,
      interval: 15,
    });
    const estimate = sampler.add({ counts: () => ({ ...counts }) });
    now = 1;
    sampler.wake();
    sampler.wake();
    expect([open, opened]).toEqual([1, 1]);
    counts.runs = 5;
    counts.nanoseconds = 500;
    now = 1.5;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(open).toBe(0);
    expect(estimate.runs).toBe(15);
    sampler.wake();
    expect(opened).toBe(1);
    now = 17;
    sampler.wake();
    expect(opened).toBe(2);
    sampler.close();
    expect(open).toBe(0);
  });

  it('is not allowed once the kernel has refused', () => {
    class RunStatistics {
      constructor() {
        throw new Error('EPERM');
      }
    }
    const addon = { RunStatistics } as unknown as Addon;
    const sampler = new RunSampler({ addon, proc: '/nowhere', now: () => 0 });
    expect(sampler.isAllowed).toBe(true);
    sampler.wake();
    expect(sampler.isAllowed).toBe(false);
  });
});
