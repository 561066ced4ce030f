import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { LoopDevice } from '../harness/loop_device.js';
import { memoryController } from '../harness/memory_controller.js';
import { needs } from '../harness/requirements.js';

const MIB = 1 << 20;
const size = 32 * MIB;
const limit = 8 * MIB;

const demands = { root: true, bpf: true, commands: ['losetup'], files: ['/dev/loop-control', memoryController] };
describe('memory_reclaim', needs(demands), () => {
  let truth: GroundTruth;
  let device: LoopDevice;
  beforeAll(async () => {
    device = new LoopDevice(size);
    truth = await GroundTruth.start({ config: configFor('memory_reclaim') });
  });
  afterAll(async () => {
    await truth?.stop();
    device?.detach();
  });

  test('shows reclaim by command and cgroup, with its duration and the bytes freed', async () => {
    const passes = 10;
    const measured = await truth.measure('--comm', 'gt-reclaim', 'reclaim', passes, limit, device.path);
    const labels = { command: 'gt-reclaim' };
    const where = `cgroup="/santabpf-workload-${measured.fact('pid')}",limit="cgroup"`;
    const stalls = measured.growths('memory_reclaim_stalls_total', labels);
    const seconds = measured.growth('memory_reclaim_stall_seconds_total', labels);
    const bytes = measured.growths('memory_reclaimed_bytes_total', labels);
    expect(Object.keys(stalls)).toEqual([where]);
    expect(Object.keys(bytes)).toEqual([where]);

    // All bytes read minus the cgroup's limit. Readahead may have read a little more.
    expect(bytes[where]).toBeGreaterThanOrEqual(passes * size - limit);
    expect(bytes[where]).toBeLessThan(passes * size * 1.05);

    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(measured.fact('nanoseconds') / 1e9);
    // Cgroup v2 counts both the reclaims and the freed bytes.
    const [facts] = measured.facts;
    if (facts?.limit_hits !== undefined) {
      expect(stalls[where]).toBe(facts.limit_hits);
      expect(bytes[where]).toBe(facts.reclaimed_bytes);
    }
    const buckets = measured.buckets('memory_reclaim_duration_seconds', { limit: 'cgroup' });
    expect([...buckets.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(stalls[where]!);
    expect(measured.growth('memory_reclaim_duration_seconds_sum', { limit: 'cgroup' })).toBeGreaterThanOrEqual(
      seconds * 0.999_999,
    );
  });

  test('measures the time that the kernel counts as pressure', async (context) => {
    if (!hasPressureOfCgroups()) context.skip('needs pressure files of cgroups (CONFIG_PSI and cgroup v2)');
    const measured = await truth.measure('--comm', 'gt-pressure', 'reclaim', 20, limit, device.path);
    const seconds = measured.growth('memory_reclaim_stall_seconds_total', { command: 'gt-pressure' });
    const pressure = measured.fact('pressure_microseconds') / 1e6;
    // Pressure includes the kernel's work around reclaim, and each stall is rounded.
    expect(seconds).toBeGreaterThan(0.5 * pressure);
    expect(seconds).toBeLessThan(1.01 * pressure);
  });
});

function hasPressureOfCgroups(): boolean {
  const groups = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const [, unified = ''] = groups.find(([, , type]) => type === 'cgroup2') ?? [];
  return existsSync('/proc/pressure/memory') && ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].includes(unified);
}
