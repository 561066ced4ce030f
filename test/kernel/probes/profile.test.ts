import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../../harness/exporter.js';
import { GroundTruth } from '../../harness/ground_truth.js';
import { needs } from '../../harness/requirements.js';

describe('profile', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('profile') });
  });
  afterAll(() => truth?.stop());

  test.each(['user', 'kernel'])('finds a command as often as it is on a CPU: %s mode', async (mode) => {
    const command = `gt-${mode}`;
    // Real-time priority: on a CPU nearly all of the time, so that it is not a matter of luck how often a sample meets it.
    const measured = await truth.measure('--fifo', 1, '--comm', command, 'spin', 3000, mode);
    const expected = (99 * measured.fact('cpu_nanoseconds')) / 1e9;
    const samples = measured.growth('profile_samples_total', { command });
    expect(samples).toBeGreaterThan(expected * 0.92);
    expect(samples).toBeLessThan(expected * 1.08);
    expect(measured.growth('profile_samples_total', { command, mode })).toBeGreaterThan(samples * 0.75);
  });
});
