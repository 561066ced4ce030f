import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { expectSeen, unseenShare } from '../harness/hidden_process.js';
import { LoopDevice } from '../harness/loop_device.js';
import { needs } from '../harness/requirements.js';

const duration = 'block_io_duration_seconds';
const size = 'block_io_size_bytes';

describe('biolatency', needs({ root: true, bpf: true, commands: ['losetup'], files: ['/dev/loop-control'] }), () => {
  let truth: GroundTruth;
  let device: LoopDevice;
  let noisy: LoopDevice;
  /** Requests complete in interrupts, whose events may be missed. */
  let unseen: number;
  beforeAll(async () => {
    unseen = await unseenShare();
    device = new LoopDevice();
    noisy = new LoopDevice();
    truth = await GroundTruth.start({ config: configFor('biolatency') }, [['block', noisy.path, '4096', 'read']]);
  });
  afterAll(async () => {
    await truth?.stop();
    device?.detach();
    noisy?.detach();
  });

  test.each([
    ['read', 512],
    ['read', 4096],
    ['read', 4608],
    ['read', 65536],
    ['read', 262144],
    ['write', 4096],
    ['write', 66048],
    ['discard', 65536],
  ])('counts requests, their bytes and their time: %s of %i bytes', async (operation, bytes) => {
    const requests = 200;
    const labels = { device: device.name, operation };
    const measured = await truth.measure('block', requests, device.path, bytes, operation);
    const counted = measured.growth(`${duration}_count`, labels);
    expectSeen(counted, requests, unseen);
    expect(measured.growths(`${duration}_count`, { device: device.name })).toEqual({
      [`operation="${operation}"`]: counted,
    });
    expect(measured.growth(`${size}_sum`, labels)).toBe(counted * bytes);
    const bound = Math.max(512, 2 ** Math.ceil(Math.log2(bytes)));
    expect(measured.buckets(size, labels)).toEqual(new Map([[bound, counted]]));
    // Requests run one after the other, so their sum is at most the workload's duration.
    const seconds = measured.growth(`${duration}_sum`, labels);
    expect(seconds).toBeGreaterThan(counted * 1e-6);
    expect(seconds).toBeLessThanOrEqual(measured.fact('nanoseconds') / 1e9);
    expect([...measured.buckets(duration, labels).values()].reduce((sum, count) => sum + count, 0)).toBe(counted);
    expect(measured.growths('block_io_errors_total', { device: device.name })).toEqual({});
  });

  test('counts flushes without a size', async () => {
    const measured = await truth.measure('block', 100, device.path, 512, 'flush');
    const labels = { device: device.name, operation: 'flush' };
    expectSeen(measured.growth(`${duration}_count`, { device: device.name }), 100, unseen);
    expectSeen(measured.growth(`${size}_count`, labels), 100, unseen);
    expect(measured.growth(`${size}_sum`, labels)).toBe(0);
  });

  // This test must be last, because it breaks the device.
  test('counts failed requests by errno', async () => {
    device.empty();
    const measured = await truth.measure('block', 50, device.path, 4096, 'failing-read');
    const counted = measured.growth('block_io_errors_total', { device: device.name });
    expectSeen(counted, 50, unseen);
    expect(measured.growths('block_io_errors_total', { device: device.name })).toEqual({
      'operation="read",errno="EIO"': counted,
    });
    expect(measured.growths(`${duration}_count`, { device: device.name })).toEqual({ 'operation="read"': counted });
  });
});
