import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { FailingDisk } from '../harness/failing_disk.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { expectSeen, unseenShare } from '../harness/hidden_process.js';
import { needs } from '../harness/requirements.js';
import { eventually } from '../harness/waiting.js';
import { Workload } from '../harness/workload.js';

const { ENODATA, ENODEV, EOVERFLOW, EINVAL, ENOSPC } = constants.errno;
const ETOOMANYREFS = 109;

describe(
  'biolatency of a failing disk',
  needs({ root: true, bpf: true, commands: ['losetup'], files: ['/dev/loop-control', '/dev/fuse'] }),
  () => {
    let truth: GroundTruth;
    let disk: FailingDisk;
    let early: Workload;
    let earlyRead: Promise<unknown>;
    let unseen: number;
    const errors = async () => (await truth.scrape()).values('block_io_errors_total', { device: disk.name });

    beforeAll(async () => {
      unseen = await unseenShare();
      disk = await FailingDisk.attach();
      await disk.hold();
      early = new Workload();
      earlyRead = early.perform('block', 1, disk.path, 4096, 'failing-read', 'ENODATA');
      await eventually(() => /[1-9]/.test(readFileSync(`/sys/block/${disk.name}/inflight`, 'latin1')));
      // A sysfs without disks: the names come from the kernel, not from a number that the next disk may get.
      const sysfs = `--path.sysfs=${early.folder}`;
      truth = await GroundTruth.start({ config: configFor('biolatency'), arguments: [sysfs] });
    });
    afterAll(async () => {
      await disk?.fail(0);
      await earlyRead?.catch(() => undefined);
      await early?.close();
      await truth?.stop();
      await disk?.detach();
    });

    test('counts the failure of a request whose issue it did not see, without a time', async () => {
      expect(await errors()).toEqual(new Map());
      await disk.fail(ENODATA);
      await earlyRead;
      expect(await errors()).toEqual(new Map([['operation="read",errno="ENODATA"', 1]]));
      const samples = await truth.scrape();
      expect(samples.values('block_io_duration_seconds_count', { device: disk.name })).toEqual(new Map());
    });

    test.each([
      ['ENOSPC', ENOSPC, true],
      ['ENODATA', ENODATA, true],
      ['ETOOMANYREFS', ETOOMANYREFS, true],
      ['EOVERFLOW', EOVERFLOW, true],
      ['ENODEV', ENODEV, true],
      ['EINVAL', EINVAL, hasInvalidStatus()],
    ])('names the error that the driver returned: %s', async (name, errno, known) => {
      await disk.fail(errno);
      const works = ['block', 20, disk.path, 4096, 'failing-read', known ? name : 'EIO'];
      const measured = await truth.measure(...works);
      const counted = measured.growths('block_io_errors_total', { device: disk.name });
      expect(Object.keys(counted)).toEqual([`operation="read",errno="${known ? name : 'EIO'}"`]);
      expectSeen(Object.values(counted)[0]!, 20, unseen);
    });
  },
);

/** Since 6.11 a request can fail with EINVAL. The atomic writes of the same change have a file in sysfs. */
function hasInvalidStatus(): boolean {
  return existsSync('/sys/block/loop0/queue/atomic_write_max_bytes');
}
