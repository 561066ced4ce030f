import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

describe('profile', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('profile') });
  });
  afterAll(() => truth?.stop());

  test.each(['user', 'kernel'])('samples a command in proportion to its CPU time: %s mode', async (mode) => {
    const command = `gt-${mode}`;
    // With real-time priority it runs nearly all of the time, so the number of samples does not depend on luck.
    const measured = await truth.measure('--fifo', 1, '--comm', command, 'spin', 3000, mode);
    const expected = (99 * measured.fact('cpu_nanoseconds')) / 1e9;
    const samples = measured.growth('profile_samples_total', { command });
    expect(samples).toBeGreaterThan(expected * 0.92);
    expect(samples).toBeLessThan(expected * 1.08);
    expect(measured.growth('profile_samples_total', { command, mode })).toBeGreaterThan(samples / 2);
  });

  test('takes 99 samples per second and CPU, busy and idle together', async () => {
    const measured = await truth.measure('--comm', 'gt-idle', 'nanosleep', 3, 1_000_000_000);
    const samples = measured.growth('profile_samples_total', {}) + measured.growth('profile_idle_samples_total', {});
    const expected = (99 * availableParallelism() * measured.fact('nanoseconds')) / 1e9;
    // The time between the scrapes and the workload adds samples; clock interrupts suppress a few.
    expect(samples).toBeGreaterThan(expected * 0.92);
    expect(samples).toBeLessThan(expected * 1.25);
  });
});
