import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shippedProbePath } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

const config = `
probe_path: ["${shippedProbePath}"]
probes: [execs, forks, opens, profile, reads_writes, { probe: runqlat, constants: { by_command: true } }, syscalls, tcp]
`;
const names = ['--comm', 'gt-process', '--thread', 'gt-thread'];

describe('command', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config });
  });
  afterAll(() => truth?.stop());

  test.each([
    ['forks_total', ['forks', 20], 20],
    ['file_opens_total', ['opens', 500, '/dev/null'], 500],
    ['file_open_failures_total', ['failing-open', 500, 'ENOENT'], 500],
    ['read_write_bytes_total', ['write', 500, 512, '/dev/null'], 256_000],
    ['refused_syscalls_total', ['refused', 500, 'EPERM'], 500],
    ['profile_samples_total', ['spin', 500], 20],
    ['command_runqueue_wait_seconds_count', ['spin', 500], 5],
    ['tcp_connect_failures_total', ['tcp-refused', 100], 90],
  ] as const)('is the process, not the thread: %s', async (metric, work, least) => {
    const measured = await truth.measure(...names, ...work);
    expect(measured.growth(metric, { command: 'gt-process' })).toBeGreaterThanOrEqual(least);
    expect(measured.growths(metric, { command: 'gt-thread' })).toEqual({});
  });

  test('of a longer, older name leaves nothing behind', async () => {
    const measured = await truth.measureAll(
      ['--comm', 'gt-fifteen-long', 'opens', 50, '/dev/null'],
      ['--comm', 'gt', 'opens', 50, '/dev/null'],
      ['--comm', 'gt-eight', 'opens', 50, '/dev/null'],
      ['--comm', '', 'opens', 50, '/dev/null'],
    );
    for (const command of ['gt-fifteen-long', 'gt', 'gt-eight', '']) {
      expect(measured.growths('file_opens_total', { command })).toEqual({ '': 50 });
    }
  });
});
