import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shippedProbePath } from '../harness/exporter.js';
import { GroundTruth, type Measurement } from '../harness/ground_truth.js';
import { unseenShare } from '../harness/hidden_process.js';
import { needs } from '../harness/requirements.js';

const metric = 'command_runqueue_wait_seconds';
const command = 'gt-pingpong';

describe('runqlat', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  /** A switch away from a hidden task is missed, and with it the end of the next task's wait. */
  let unseen: number;
  beforeAll(async () => {
    unseen = await unseenShare();
    const config = `probes: [{ probe: runqlat, constants: { by_command: true } }]\nprobe_path: ["${shippedProbePath}"]\n`;
    truth = await GroundTruth.start({ config }, [['forks'], ['nanosleep', '100000']]);
  });
  afterAll(() => truth?.stop());

  // Two tasks of real-time priority on one CPU: while one runs the other waits, and no other task interferes.
  test.each([
    [3000, 0],
    [300, 500_000],
  ])('observes every wait with its duration: %i turns of %i ns', async (turns, spin) => {
    const measured = await truth.measure('--fifo', 1, '--comm', command, 'pingpong', turns, spin);
    const waits = measured.growth(`${metric}_count`, { command });
    expectCount(measured, waits, 0);
    expect(waits).toBeGreaterThanOrEqual(2 * turns - 2);
    // By the workload's clock: one task waits at least while the other uses the CPU, and never both at once.
    const nanoseconds = measured.growth(`${metric}_sum`, { command }) * 1e9;
    expect(nanoseconds).toBeGreaterThanOrEqual((2 * turns - 2) * spin);
    expect(nanoseconds).toBeLessThanOrEqual(measured.fact('nanoseconds'));
  });

  test.each([
    [2000, 0],
    [300, 500_000],
  ])('observes waits while other tasks compete for the CPU: %i turns of %i ns', async (turns, spin) => {
    const measured = await truth.measure('--comm', command, 'pingpong', turns, spin);
    const waits = measured.growth(`${metric}_count`, { command });
    expectCount(measured, waits, Math.ceil(unseen * measured.fact('waits')));
    // The kernel's count of the same waits starts up to some microseconds earlier, when it decides on a switch.
    const nanoseconds = measured.growth(`${metric}_sum`, { command }) * 1e9;
    const tolerance = 0.1 * measured.fact('most_wait_nanoseconds') + 10_000 * waits;
    expect(nanoseconds).toBeGreaterThanOrEqual(measured.fact('wait_nanoseconds') - tolerance);
    expect(nanoseconds).toBeLessThanOrEqual(measured.fact('most_wait_nanoseconds') + tolerance);
  });

  test('loses no updates', async () => {
    expect([...(await truth.scrape()).values('lost_updates_total').values()]).toEqual([0, 0]);
  });
});

/** Switches while the workload changes its name may be counted under either name. The workload reports how many there were. */
function expectCount(measured: Measurement, waits: number, unseen: number): void {
  expect(waits).toBeGreaterThanOrEqual(measured.fact('waits') - unseen);
  expect(waits).toBeLessThanOrEqual(measured.fact('waits') + measured.fact('uncertain'));
  expect([...measured.buckets(metric, { command }).values()].reduce((sum, count) => sum + count, 0)).toBe(waits);
  expect(measured.growth('runqueue_wait_seconds_count')).toBeGreaterThanOrEqual(waits);
}
