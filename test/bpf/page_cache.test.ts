import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { LoopDevice } from '../harness/loop_device.js';
import { memoryController } from '../harness/memory_controller.js';
import { needs } from '../harness/requirements.js';

const deviceSize = 4 << 20;
const fileSize = 1 << 20;
const passes = 3;

const requirements = {
  root: true,
  bpf: true,
  commands: ['losetup', 'mkfs.ext4', 'mount'],
  files: ['/dev/loop-control', memoryController],
};

describe('page_cache, and the reads counted by reads_writes', needs(requirements), () => {
  const device = new LoopDevice();
  const disk = new LoopDevice();
  const mountPoint = mkdtempSync(join(tmpdir(), 'santabpf-mount-'));
  const file = join(mountPoint, 'file');
  let truth: GroundTruth;

  beforeAll(async () => {
    execFileSync('mkfs.ext4', ['-q', '-b', '4096', disk.path], { stdio: 'pipe' });
    execFileSync('mount', [disk.path, mountPoint]);
    writeFileSync(file, Buffer.alloc(fileSize, 'x'));
    truth = await GroundTruth.start({ config: configFor('page_cache', 'reads_writes') }, [
      ['read', '4096', '/dev/zero'],
    ]);
  });
  afterAll(async () => {
    await truth?.stop();
    execFileSync('umount', [mountPoint]);
    rmSync(mountPoint, { recursive: true });
    disk.detach();
    device.detach();
  });

  const ways: [way: string, cause: string | undefined, isRead: boolean][] = [
    ['read', 'read', true],
    ['sendfile', 'read', true],
    ['warm', undefined, true],
    ['map', 'fault', false],
    ['direct', 'uncached', false],
  ];
  const places: [place: string, path: string, size: number][] = [
    ['a disk', device.path, deviceSize],
    ['a file', file, fileSize],
  ];
  test.each(places.flatMap((place) => ways.map((way) => [...place, ...way] as const)))(
    'counts bytes of %s (%s, %i bytes): %s',
    async (_, path, size, way, cause, isRead) => {
      const command = `gt-${size >> 20}-${way}`;
      const measured = await truth.measure('--comm', command, 'passes', passes, path, way);
      expect(measured.growths('disk_read_bytes_total', { command })).toEqual(
        cause === undefined ? {} : { [`cause="${cause}"`]: passes * size },
      );
      expect(measured.growth('file_read_bytes_total', { command })).toBe(isRead ? passes * size : 0);
    },
  );

  test('counts reads caused by a partial write to a page', async () => {
    const command = 'gt-write';
    const measured = await truth.measure('--comm', command, 'passes', passes, file, 'write');
    expect(measured.growths('disk_read_bytes_total', { command })).toEqual({ 'cause="write"': passes * fileSize });
    expect(measured.growth('file_read_bytes_total', { command })).toBe(0);
  });

  test('counts refaulted pages as the kernel does', async () => {
    // The limit is half of the disk's size, so every page is evicted before it is read again.
    const measured = await truth.measure('reclaim', 20, deviceSize / 2, device.path);
    expect(measured.growth('page_cache_refaulted_pages_total')).toBeGreaterThan((10 * deviceSize) / 4096);
    const before = refaultsOfHost();
    const nodes = (await truth.scrape()).values('page_cache_refaulted_pages_total');
    const told = [...nodes.values()].reduce((sum, pages) => sum + pages, 0);
    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(refaultsOfHost());
  });

  test('does not count reads of memory files and kernel files as cached', async () => {
    const measured = await truth.measureAll(
      ['--comm', 'gt-zero', 'read', 1000, 100, '/dev/zero'],
      ['--comm', 'gt-proc', 'read', 1000, 5, '/proc/version'],
      ['--comm', 'gt-sys', 'read', 1000, 1, '/sys/kernel/profiling'],
    );
    for (const command of ['gt-zero', 'gt-proc', 'gt-sys'])
      expect(measured.growths('file_read_bytes_total', { command })).toEqual({});
    expect(measured.growth('read_write_bytes_total', { command: 'gt-proc' })).toBe(5000);
  });
});

function refaultsOfHost(): number {
  return Number(/^workingset_refault_file (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1]);
}
