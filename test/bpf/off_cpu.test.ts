import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

const metric = 'off_cpu_seconds_total';

describe('off_cpu', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('off_cpu') });
  });
  afterAll(() => truth?.stop());

  test.each([
    [300, 5_000_000],
    [2000, 100_000],
  ])('has the time of all sleeps: %i of %i ns', async (count, nanoseconds) => {
    const command = 'gt-sleeps';
    const measured = await truth.measure('--fifo', 1, '--comm', command, 'nanosleep', count, nanoseconds);
    const seconds = measured.growth(metric, { command, state: 'interruptible' });
    // The workload measures the way into the kernel and back as well: some microseconds for each sleep.
    const slept = measured.fact('slept_nanoseconds') / 1e9;
    expect(seconds).toBeLessThan(slept);
    // On a busy virtual machine it can take much longer than usual.
    expect(seconds).toBeGreaterThan(slept - Math.max(30e-6 * count, 0.1 * slept));
    expect(measured.growth(metric, { command, state: 'uninterruptible' })).toBeLessThan(0.01);
  });

  test('tells uninterruptible sleep apart', async () => {
    const command = 'gt-blocked';
    // Each of two processes waits in vfork() for its child.
    const measured = await truth.measure('--comm', command, 'blocked', 2, 1);
    const seconds = measured.growth(metric, { command, state: 'uninterruptible' });
    expect(seconds).toBeGreaterThan(1.98);
    expect(seconds).toBeLessThan((2 * measured.fact('nanoseconds')) / 1e9);
  });

  test('waits of a runnable task for a CPU are not counted', async () => {
    const command = 'gt-spins';
    const measured = await truth.measure('--comm', command, 'spin', 1000, 'user');
    expect(measured.growth(metric, { command })).toBeLessThan(0.2);
  });

  test('kernel threads that wait for work have no time', async () => {
    await truth.measure('--comm', 'gt-pause', 'nanosleep', 2, 500_000_000);
    const samples = (await truth.scrape()).values(metric, { command: 'ksoftirqd', state: 'interruptible' });
    expect(samples).toEqual(new Map());
  });

  test('loses no updates', async () => {
    expect([...(await truth.scrape()).values('lost_updates_total').values()]).toEqual([0]);
  });
});
