import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth, Measurement } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';
import type { WorkloadFacts } from '../harness/workload.js';

const run = promisify(execFile);
const secondCpu = '/sys/devices/system/cpu/cpu1/online';

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

  test('samples a CPU that was offline for a moment', needs({ files: [secondCpu] }), async (context) => {
    try {
      writeFileSync(secondCpu, '0');
    } catch {
      context.skip('needs a second CPU that can be taken offline');
    }
    writeFileSync(secondCpu, '1');
    // The exporter looks once a second.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const command = 'gt-second-cpu';
    const before = await truth.scrape();
    const work = ['--fifo', '1', '--comm', command, 'spin', '2000', 'user'];
    const { stdout } = await run('taskset', ['--cpu-list', '1', truth.workload.file, ...work]);
    const { cpu_nanoseconds } = JSON.parse(stdout) as WorkloadFacts;
    const samples = new Measurement([], before, await truth.scrape()).growth('profile_samples_total', { command });
    expect(samples).toBeGreaterThan((99 * Number(cpu_nanoseconds) * 0.92) / 1e9);
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
