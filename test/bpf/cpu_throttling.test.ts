import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor, shippedProbePath } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** How long a round keeps its cgroup, and a little more until it is removed. */
const rest = 4;
const gone = rest * 1000 + 1500;

describe('cpu_throttling', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('cpu_throttling') });
  });
  afterAll(() => truth?.stop());

  test('shows the counts of a cgroup with a quota, and continues when it is removed and made again', async () => {
    const command = `gt-throttled-${process.pid}`;
    const labels = { cgroup: `/${command}` };
    const shown = async () => {
      const samples = await truth.scrape();
      const value = (metric: string) => samples.values(`cgroup_cpu_${metric}`, labels).get('');
      return {
        periods: value('periods_total'),
        throttled: value('throttled_periods_total'),
        seconds: value('throttled_seconds_total'),
        quota: value('quota_seconds'),
        period: value('period_seconds'),
      };
    };
    const first = await truth.workload.perform('--comm', command, 'throttled', 15, rest);
    const before = await shown();
    expect(before).toEqual({
      periods: first.periods,
      throttled: first.throttled_periods,
      seconds: expect.closeTo(Number(first.throttled_nanoseconds) / 1e9, 5),
      quota: 0.01,
      period: 0.1,
    });
    // Nothing is counted twice.
    expect(await shown()).toEqual(before);

    await pause(gone);
    const { quota, period, ...counts } = await shown();
    expect([quota, period]).toEqual([undefined, undefined]);
    expect(counts).toEqual({ periods: before.periods, throttled: before.throttled, seconds: before.seconds });

    const second = await truth.workload.perform('--comm', command, 'throttled', 5, rest);
    expect(await shown()).toEqual({
      periods: Number(first.periods) + Number(second.periods),
      throttled: Number(first.throttled_periods) + Number(second.throttled_periods),
      seconds: expect.closeTo((Number(first.throttled_nanoseconds) + Number(second.throttled_nanoseconds)) / 1e9, 5),
      quota: 0.01,
      period: 0.1,
    });
    await pause(gone);
  });

  test('shows the same steal time for every CPU as /proc/stat', async () => {
    const told = () => {
      const lines = readFileSync('/proc/stat', 'utf8').matchAll(/^cpu(\d+)((?: \d+)+)$/gm);
      return new Map([...lines].map(([, cpu, fields]) => [`cpu="${cpu}"`, Number(fields!.split(' ')[8]) / 100]));
    };
    const before = told();
    const shown = (await truth.scrape()).values('cpu_steal_seconds_total');
    const after = told();
    expect([...shown.keys()].sort()).toEqual([...before.keys()].sort());
    for (const [cpu, seconds] of shown) {
      // /proc/stat shows hundredths of a second, rounded down.
      expect(seconds).toBeGreaterThanOrEqual(before.get(cpu)! - 0.02);
      expect(seconds).toBeLessThanOrEqual(after.get(cpu)! + 0.02);
    }
  });
});

describe('cpu_throttling with more cgroups than entries', needs({ root: true, bpf: true }), () => {
  const config = `probes: [{ probe: cpu_throttling, maps: { seen_before: { max_entries: 2 } } }]
probe_path: ["${shippedProbePath}"]
`;
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config });
  });
  afterAll(() => truth?.stop());

  const names = ['one', 'two', 'three', 'four'].map((name) => `gt-${name}-${process.pid}`);
  const shown = async () => {
    const counts = (await truth.scrape()).values('cgroup_cpu_throttled_periods_total');
    return names.map((name) => counts.get(`cgroup="/${name}"`));
  };

  test('counts no cgroup twice, and new ones once others are removed', async () => {
    const works = await Promise.all(
      names.slice(0, 3).map((name) => truth.workload.perform('--comm', name, 'throttled', 5, 8)),
    );
    const real = works.map((work) => work.throttled_periods);
    for (let scrapes = 0; scrapes < 4; scrapes++) {
      const counts = await shown();
      expect(counts.filter((count) => count !== undefined)).toHaveLength(2);
      for (const [index, count] of counts.entries()) expect([undefined, real[index]]).toContain(count);
    }
    expect((await truth.scrape()).values('lost_updates_total', { probe: 'cpu_throttling' })).not.toEqual(new Map());
    await pause(10_000);
    const last = await truth.workload.perform('--comm', names[3]!, 'throttled', 5, 2);
    expect((await shown())[3]).toBe(last.throttled_periods);
    await pause(3500);
  }, 60_000);
});
