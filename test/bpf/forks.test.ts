import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

describe('forks', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('forks') }, [['forks'], ['threads']]);
  });
  afterAll(() => truth?.stop());

  test('counts processes by the command that forked them', async () => {
    const measured = await truth.measure('--comm', 'gt-forks', 'forks', 500);
    expect(measured.growths('forks_total', { command: 'gt-forks' })).toEqual({ 'kind="process"': 500 });
  });

  test('counts threads separately', async () => {
    const measured = await truth.measure('--comm', 'gt-threads', 'threads', 500);
    expect(measured.growths('forks_total', { command: 'gt-threads' })).toEqual({ 'kind="thread"': 500 });
  });

  test('counts processes and threads of one command', async () => {
    const measured = await truth.measure('--comm', 'gt-both', 'exits', 100, 0, 7);
    expect(measured.growths('forks_total', { command: 'gt-both' })).toEqual({
      'kind="process"': 100,
      'kind="thread"': 700,
    });
  });
});
