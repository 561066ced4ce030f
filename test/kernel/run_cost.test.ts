import { describe, expect, it } from 'vitest';
import { MeasuredCost, SampledCost } from '../../src/kernel/run_cost.js';

describe('the cost of a program that counts its runs', () => {
  it('is its exact runs, each with the time that windows measured', () => {
    const cost = new SampledCost();
    cost.count(1_000_000);
    cost.addWindow({ runs: 10, nanoseconds: 2000 }, 0.25, 15);
    expect(cost.runs).toBe(1_000_000);
    expect(cost.seconds).toBeCloseTo(0.2, 12);
    expect(cost.nanosecondsPerRun).toBe(200);
    expect(cost.cpuShare).toBeCloseTo(0.2 / 15, 12);
    expect(cost.estimatedRuns).toBe(1_000_000);
    expect(cost.runRate).toBeCloseTo(1_000_000 / 15, 6);
    cost.count(1_000_300);
    cost.addWindow({ runs: 5, nanoseconds: 1000 }, 0.25, 30);
    expect(cost.runRate).toBeCloseTo(10, 12);
  });

  it('is unknown while it has runs of unknown time, and never a zero', () => {
    const cost = new SampledCost();
    expect(cost).toMatchObject({ runs: undefined, seconds: undefined, cpuShare: undefined });
    cost.count(0);
    expect(cost).toMatchObject({ runs: 0, seconds: 0, cpuShare: 0 });
    cost.count(3);
    expect(cost).toMatchObject({
      runs: 3,
      seconds: undefined,
      nanosecondsPerRun: undefined,
      cpuShare: undefined,
    });
  });

  it('has used no CPU in a window without a run', () => {
    const cost = new SampledCost();
    cost.count(3);
    cost.addWindow({ runs: 0, nanoseconds: 0 }, 0.25, 15);
    expect(cost).toMatchObject({ seconds: undefined, nanosecondsPerRun: undefined, cpuShare: 0 });
  });

  it('never goes down when runs become cheaper', () => {
    const cost = new SampledCost();
    cost.count(1000);
    cost.addWindow({ runs: 100, nanoseconds: 100_000 }, 0.25, 15);
    cost.count(2000);
    expect(cost.seconds).toBeCloseTo(0.002, 12);
    cost.count(2000);
    cost.addWindow({ runs: 10_000, nanoseconds: 10_000 }, 0.25, 15);
    expect(cost.seconds).toBeCloseTo(0.002, 12);
    cost.count(3000);
    expect(cost.seconds).toBeGreaterThan(0.002);
    expect(cost.nanosecondsPerRun).toBeCloseTo(60_000 / 10_050, 6);
  });
});

describe('the cost of a program that does not count its runs', () => {
  it("lets a window's rate stand for the time since the window before, and knows no runs", () => {
    const cost = new SampledCost();
    expect(cost).toMatchObject({ seconds: undefined, estimatedRuns: undefined, runRate: undefined });
    cost.addWindow({ runs: 100, nanoseconds: 20_000 }, 0.25, 10);
    expect(cost.runs).toBeUndefined();
    expect(cost.seconds).toBeCloseTo(0.0008, 12);
    expect(cost.nanosecondsPerRun).toBe(200);
    expect(cost.cpuShare).toBeCloseTo(0.00008, 12);
    expect(cost.estimatedRuns).toBeCloseTo(4000, 9);
    expect(cost.runRate).toBeCloseTo(400, 9);
    cost.addWindow({ runs: 0, nanoseconds: 0 }, 0.25, 10);
    expect([cost.estimatedRuns, cost.runRate]).toEqual([4000, 0]);
  });
});

describe('the cost of a program of which every run is measured', () => {
  it('is the sum of its runs', () => {
    const cost = new MeasuredCost();
    expect(cost).toMatchObject({ runs: 0, seconds: 0, cpuShare: undefined });
    cost.add({ runs: 1, nanoseconds: 4_000_000 }, 10);
    cost.add({ runs: 1, nanoseconds: 2_000_000 }, 20);
    expect(cost.runs).toBe(2);
    expect(cost.seconds).toBeCloseTo(0.006, 12);
    expect(cost.nanosecondsPerRun).toBe(2_000_000);
    expect(cost.cpuShare).toBeCloseTo(0.0001, 12);
    expect([cost.estimatedRuns, cost.runRate]).toEqual([2, 0.05]);
  });
});
