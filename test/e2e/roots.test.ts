import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';
import { santabpf } from './command.js';
import { fixtureNeeds, mainFileOf, toldProbe } from './probes.js';

/** Of the values that this test sends. */
const kind = 31;
const folder = mkdtempSync(join(tmpdir(), 'santabpf-roots-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the host's file systems under --path.rootfs and --path.sysfs", needs({ ...fixtureNeeds, root: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    mkdirSync(join(folder, 'root/etc'), { recursive: true });
    writeFileSync(join(folder, 'root/etc/passwd'), 'of-the-host:x:12345:12345::/:/bin/sh\n');
    mkdirSync(join(folder, 'sys/dev/block'), { recursive: true });
    symlinkSync('../../devices/virtual/block/disk-of-the-host', join(folder, 'sys/dev/block/7:5'));
    const flags = [`--path.rootfs=${join(folder, 'root')}`, `--path.sysfs=${join(folder, 'sys')}`];
    const metrics =
      '  - { name: told_total, type: counter, help: Told., map: values, labels: { device: { field: value, decode: device } } }';
    const files = { 'told.yaml': toldProbe({ kind, metrics }) };
    truth = await GroundTruth.start({ config: mainFileOf('execs', 'told'), files, arguments: flags });
  });
  afterAll(() => truth?.stop());

  test('supply user names', async () => {
    const measured = await truth.measure('execs', 7, 12345);
    expect(measured.growth('execs_total', { user: 'of-the-host' })).toBe(7);
  });

  test('supply disk names', async () => {
    const device = (7 << 20) | 5;
    const measured = await truth.measure('values', 16, kind, device);
    expect(measured.growth('told_total', { device: 'disk-of-the-host' })).toBe(16);
  });

  test('do not affect kernel types, which are still read from /sys', async () => {
    expect(await truth.exporter.get('/metrics')).toContain('santabpf_probe_state{probe="execs",state="up"} 1');
  });
});

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
