import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shippedProbePath } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

const config = `probes: [{ probe: blocked_tasks, constants: { shortest_ns: 2000000000 } }]\nprobe_path: ["${shippedProbePath}"]\n`;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('blocked_tasks', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config });
  });
  afterAll(() => truth?.stop());

  test('shows blocked tasks with function and duration until they continue', async () => {
    const labels = { command: 'gt-blocked' };
    const start = performance.now();
    const passed = () => (performance.now() - start) / 1000;
    const work = truth.workload.perform('--comm', labels.command, 'blocked', 7, 10);
    const first = await truth.scrape();
    // On a busy machine, two seconds may have passed already.
    if (passed() < 2) expect(first.values('blocked_tasks', labels)).toEqual(new Map());
    await pause(2000);
    let samples = await truth.scrape();
    while (
      samples.values('blocked_tasks', labels).get('thread="gt-blocked",function="kernel_clone"') !== 7 &&
      passed() < 9
    ) {
      await pause(200);
      samples = await truth.scrape();
    }
    expect(samples.values('blocked_tasks', labels)).toEqual(
      new Map([['thread="gt-blocked",function="kernel_clone"', 7]]),
    );
    const longest = samples.values('blocked_longest_seconds', labels).get('')!;
    expect(longest).toBeGreaterThan(2);
    expect(longest).toBeLessThan(passed());
    await work;
    const after = await truth.scrape();
    expect(after.values('blocked_tasks', labels)).toEqual(new Map());
    expect(after.values('blocked_longest_seconds', labels)).toEqual(new Map());
  });

  test('does not count CPU time before the wait as part of it', async () => {
    let isOver = false;
    const work = truth.workload.perform('--comm', 'gt-busy', 'blocked', 1, 6, 1000).finally(() => {
      isOver = true;
    });
    const seen: number[] = [];
    for (; !isOver; await pause(200)) {
      const longest = (await truth.scrape()).values('blocked_longest_seconds', { command: 'gt-busy' }).get('');
      if (longest !== undefined) seen.push(longest);
    }
    await work;
    expect(seen.length).toBeGreaterThan(0);
    expect(Math.max(...seen)).toBeLessThan(6.8);
  });

  test('does not show tasks in other kinds of sleep', async () => {
    // Parents that wait for their children, and idle kernel threads.
    await pause(2500);
    const commands = [...(await truth.scrape()).values('blocked_tasks').keys()];
    for (const command of ['workload', 'noise-spin', 'kthreadd', 'rcu_preempt', 'rcu_sched']) {
      expect(commands.filter((labels) => labels.startsWith(`command="${command}"`))).toEqual([]);
    }
  });
});
