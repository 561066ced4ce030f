import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { memoryController } from '../harness/memory_controller.js';
import { needs } from '../harness/requirements.js';

const MIB = 1 << 20;

describe('oom_kills', needs({ root: true, bpf: true, files: [memoryController] }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('oom_kills') }, [['killed', 'KILL']]);
  });
  afterAll(() => truth?.stop());

  test('counts processes killed at the limit of their cgroup, and their memory', async () => {
    const killsBefore = killsOfKernel();
    const measured = await truth.measure('--comm', 'gt-oom', 'oom', 20, 32 * MIB);
    const taken = measured.fact('taken_bytes');
    const labels = `cgroup="/santabpf-workload-${measured.fact('pid')}",limit="cgroup",requester="gt-oom"`;
    expect(measured.growths('oom_kills_total', { command: 'gt-oom' })).toEqual({ [labels]: 20 });
    expect(measured.growth('oom_kills_total')).toBe(killsOfKernel() - killsBefore);
    // The program itself has memory too. The kernel's counts are off by up to 64 pages for each CPU and kind.
    const bytes = measured.growth('oom_killed_memory_bytes_total', { command: 'gt-oom' });
    expect(bytes / 20).toBeGreaterThan(taken / 20 - MIB);
    expect(bytes / 20).toBeLessThan(taken / 20 + 2 * MIB);
  });

  test('labels kills by the command that asked for memory', async () => {
    const measured = await truth.measure('--comm', 'gt-holder', 'oom-by-another', 7, 64 * MIB, 'gt-asker');
    const own = measured.growths('oom_kills_total', { command: 'gt-holder', requester: 'gt-asker' });
    expect(own).toEqual({ [`cgroup="/santabpf-workload-${measured.fact('pid')}",limit="cgroup"`]: 7 });
    expect(measured.growth('oom_kills_total', { command: 'gt-asker' })).toBe(measured.fact('askers_killed'));
    const bytes = measured.growth('oom_killed_memory_bytes_total', { command: 'gt-holder' });
    expect(bytes / 7).toBeGreaterThan(47 * MIB);
    expect(bytes / 7).toBeLessThan(50 * MIB);
  });

  test('does not count other kills', async () => {
    const measured = await truth.measure('--comm', 'gt-killed', 'killed', 50, 'KILL');
    expect(measured.growths('oom_kills_total', { command: 'gt-killed' })).toEqual({});
  });
});

/** All OOM kills of this machine. */
function killsOfKernel(): number {
  return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1]);
}
