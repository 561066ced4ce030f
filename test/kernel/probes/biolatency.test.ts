import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../../harness/exporter.js';
import { GroundTruth } from '../../harness/ground_truth.js';
import { LoopDevice } from '../../harness/loop_device.js';
import { needs } from '../../harness/requirements.js';

const duration = 'block_io_duration_seconds';
const size = 'block_io_size_bytes';

describe('biolatency', needs({ root: true, bpf: true, commands: ['losetup'], files: ['/dev/loop-control'] }), () => {
  let truth: GroundTruth;
  let device: LoopDevice;
  let noisy: LoopDevice;
  beforeAll(async () => {
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
    expect(measured.growths(`${duration}_count`, { device: device.name })).toEqual({
      [`operation="${operation}"`]: requests,
    });
    expect(measured.growth(`${size}_sum`, labels)).toBe(requests * bytes);
    const bound = Math.max(512, 2 ** Math.ceil(Math.log2(bytes)));
    expect(measured.buckets(size, labels)).toEqual(new Map([[bound, requests]]));
    // One after the other: together no longer than the workload took.
    const seconds = measured.growth(`${duration}_sum`, labels);
    expect(seconds).toBeGreaterThan(requests * 1e-6);
    expect(seconds).toBeLessThanOrEqual(measured.fact('nanoseconds') / 1e9);
    expect([...measured.buckets(duration, labels).values()].reduce((sum, count) => sum + count, 0)).toBe(requests);
    expect(measured.growths('block_io_errors_total', { device: device.name })).toEqual({});
  });

  test('counts flushes, which have no size', async () => {
    const measured = await truth.measure('block', 100, device.path, 512, 'flush');
    const labels = { device: device.name, operation: 'flush' };
    expect(measured.growths(`${duration}_count`, { device: device.name })).toEqual({ 'operation="flush"': 100 });
    expect(measured.growth(`${size}_sum`, labels)).toBe(0);
  });

  // The last one: the device is of no use afterwards.
  test('counts requests that fail by errno', async () => {
    device.empty();
    const measured = await truth.measure('block', 50, device.path, 4096, 'failing-read');
    expect(measured.growths('block_io_errors_total', { device: device.name })).toEqual({
      'operation="read",errno="EIO"': 50,
    });
    expect(measured.growths(`${duration}_count`, { device: device.name })).toEqual({ 'operation="read"': 50 });
  });
});
