import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { LoopDevice } from '../harness/loop_device.js';
import { needs } from '../harness/requirements.js';
import { santabpf } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'santabpf-roots-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe(
  "the host's file systems under --path.rootfs and --path.sysfs",
  needs({ root: true, bpf: true, commands: ['losetup'], files: ['/dev/loop-control'] }),
  () => {
    let disk: LoopDevice;
    let truth: GroundTruth;
    beforeAll(async () => {
      disk = new LoopDevice();
      mkdirSync(join(folder, 'root/etc'), { recursive: true });
      writeFileSync(join(folder, 'root/etc/passwd'), 'of-the-host:x:12345:12345::/:/bin/sh\n');
      mkdirSync(join(folder, 'sys/dev/block'), { recursive: true });
      const minor = /\d+$/.exec(disk.path)![0];
      symlinkSync('../../devices/virtual/block/disk-of-the-host', join(folder, 'sys/dev/block', `7:${minor}`));
      const flags = [`--path.rootfs=${join(folder, 'root')}`, `--path.sysfs=${join(folder, 'sys')}`];
      truth = await GroundTruth.start({ config: configFor('execs', 'biolatency'), arguments: flags });
    });
    afterAll(async () => {
      await truth?.stop();
      disk?.detach();
    });

    test('supply user names', async () => {
      const measured = await truth.measure('execs', 7, 12345);
      expect(measured.growth('execs_total', { user: 'of-the-host' })).toBe(7);
    });

    test('supply disk names', async () => {
      const measured = await truth.measure('block', 16, disk.path, 4096, 'read');
      const labels = { device: 'disk-of-the-host', operation: 'read' };
      expect(measured.growth('block_io_duration_seconds_count', labels)).toBe(16);
    });

    test('do not affect kernel types, which are still read from /sys', async () => {
      expect(await truth.exporter.get('/metrics')).toContain('santabpf_probe_state{probe="execs",state="up"} 1');
    });
  },
);

test('every --path flag that is not a folder is reported', () => {
  const { status, stderr } = santabpf([
    '--config.check',
    `--path.procfs=${join(folder, 'none')}`,
    '--path.sysfs=/etc/passwd',
  ]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/--path\.procfs must be a folder, not \\"\S+\/none\\"/);
  expect(stderr).toMatch(/--path\.sysfs must be a folder, not \\"\/etc\/passwd\\"/);
});
