import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

const metric = 'syscall_duration_seconds';

describe('syscall_latency', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('syscall_latency') });
  });
  afterAll(() => truth?.stop());

  test('observes every call, with at most the time that the caller measured', async () => {
    const measured = await truth.measure('rare-call', 100_000);
    const labels = { syscall: 'sched_rr_get_interval' };
    expect(measured.growths(`${metric}_count`, labels)).toEqual({ '': 100_000 });
    const seconds = measured.growth(`${metric}_sum`, labels);
    expect(seconds).toBeGreaterThan(100_000 * 10e-9);
    expect(seconds).toBeLessThanOrEqual(measured.fact('nanoseconds') / 1e9);
    const observed = [...measured.buckets(metric, labels).values()].reduce((sum, count) => sum + count, 0);
    expect(observed).toBe(100_000);
  });

  test('observes the time that the caller slept', async () => {
    const [sleeps, each] = [150, 2_000_000];
    const measured = await truth.measure('nanosleep', sleeps, each, 'semtimedop');
    const labels = { syscall: 'semtimedop' };
    expect(measured.growths(`${metric}_count`, labels)).toEqual({ '': sleeps });
    // At least the requested time, at most the time that the caller measured around the calls.
    const nanoseconds = measured.growth(`${metric}_sum`, labels) * 1e9;
    expect(nanoseconds).toBeGreaterThanOrEqual(sleeps * each);
    expect(nanoseconds).toBeLessThanOrEqual(measured.fact('slept_nanoseconds') + 1);
    // No observation is in a lower bucket.
    for (const bound of measured.buckets(metric, labels).keys()) expect.soft(bound * 1e9).toBeGreaterThanOrEqual(each);
  });

  test('observes interrupted calls, and the call that ends a signal handler', async () => {
    const measured = await truth.measure('interrupted', 1000);
    expect(measured.growth(`${metric}_count`, { syscall: 'ppoll' })).toBeGreaterThanOrEqual(1000);
    expect(measured.growth(`${metric}_count`, { syscall: 'rt_sigreturn' })).toBeGreaterThanOrEqual(1000);
  });

  test('observes calls without a name by reason', async () => {
    const measured = await truth.measure('call', 3000, 9999);
    expect(measured.growths(`unnamed_${metric}_count`, { reason: 'unknown_number' })).toEqual({ '': 3000 });
  });

  test.runIf(process.arch === 'x64')('observes 32-bit and x32 calls apart', async () => {
    const measured = await truth.measureAll(['call', 2000, 64, 'compat'], ['call', 1000, 0x40000043]);
    expect(measured.growths(`unnamed_${metric}_count`, { reason: 'compat' })).toEqual({ '': 2000 });
    expect(measured.growths(`unnamed_${metric}_count`, { reason: 'x32' })).toEqual({ '': 1000 });
  });

  test('loses no updates', async () => {
    expect([...(await truth.scrape()).values('lost_updates_total').values()]).toEqual([0, 0]);
  });
});
