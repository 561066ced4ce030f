import { execFile } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Containers, containerId } from '../harness/containers.js';
import { configFor, type RunningExporter, startExporter } from '../harness/exporter.js';
import { type Labels, Measurement, Samples } from '../harness/ground_truth.js';
import { expectSeen, unseenShare } from '../harness/hidden_process.js';
import { controllerFolder, OwnCgroup, unifiedFolder } from '../harness/own_cgroups.js';
import { needs } from '../harness/requirements.js';
import { Workload } from '../harness/workload.js';

const run = promisify(execFile);
const probes = ['execs', 'opens', 'reads_writes', 'cpu_seconds', 'tcp', 'page_cache', 'biolatency'];
const config = `${configFor(...probes)}identity: [namespace, pod, container, unit, command]\n`;
const requirements = {
  root: true,
  bpf: true,
  commands: ['containerd', 'ctr', 'runc', 'podman'],
  files: ['/bin/busybox', unifiedFolder() ?? '/sys/fs/cgroup/cgroup.procs'],
};

/** Bios belong to the cgroup of the controller io. Where that is in a hierarchy of its own, nobody is named. */
const ioIsOfVersion1 = controllerFolder('blkio') !== undefined;

/** The same stress everywhere. The number of events shows where they came from. */
const stress = (program: string, file: string, count: number) =>
  [
    `execs ${count} 1`,
    `opens ${count} /dev/null`,
    `read ${count} 1500 /dev/zero`,
    `tcp ${count}`,
    `block ${count} ${file} 4096 read`,
    `spin ${10 * count} user`,
  ]
    .map((work) => `${program} --comm gt-stress ${work} >/dev/null`)
    .join(' && ');

describe('the same stress in two containers, a unit and a shell', needs(requirements), () => {
  const containers = new Containers();
  const workload = new Workload();
  let exporter: RunningExporter;

  beforeAll(async () => {
    await containers.start();
    copyFileSync(workload.file, join(containers.files, 'bin/workload'));
    writeFileSync(join(containers.files, 'data'), Buffer.alloc(1 << 20, 'x'), { flush: true });
    await containers.image('santabpf-stress:1');
    exporter = await startExporter({ config, arguments: [`--path.rootfs=${containers.root}`], patience: 25_000 });
  });
  afterAll(async () => {
    await exporter?.stop();
    await containers.stop();
    await workload.close();
  });

  async function inCgroup(name: string, count: number): Promise<void> {
    const cgroup = new OwnCgroup(name);
    const [shell = '', ...words] = cgroup.wrapper;
    await run(shell, [...words, '/bin/sh', '-c', stress(workload.file, join(containers.files, 'data'), count)]).finally(
      () => cgroup.remove(),
    );
  }

  async function inPod(count: number): Promise<void> {
    const annotations = {
      'container-type': 'container',
      'container-name': 'web',
      'sandbox-name': 'web-0',
      'sandbox-namespace': 'shop',
      'image-name': 'docker.io/library/stress:1',
    };
    const options = Object.entries(annotations).flatMap(([key, value]) => [
      '--annotation',
      `io.kubernetes.cri.${key}=${value}`,
    ]);
    const id = containerId();
    const cgroup = `/kubepods/burstable/pod6f0fa31f-7d6b-4a9e-9f0a-2f1b1f1d3c12/${id}`;
    // Without --net-host the loopback device of the container is down.
    await containers.ctr(
      'k8s.io',
      id,
      [...options, '--net-host', '--cgroup', cgroup],
      stress('/bin/workload', '/data', count),
    );
  }

  const scrape = async () => new Samples(await exporter.get('/metrics', { accept: 'text/plain' }));

  test('shows as four, with exact counts', { timeout: 150_000 }, async () => {
    const unseen = await unseenShare();
    const unit = `gt-stress-${process.pid}.service`;
    const podman = `gt-stress-${containerId().slice(0, 12)}`;
    const nowhere = { namespace: '', pod: '', container: '' };
    const shell = `session-${process.pid}.scope`;
    const places: readonly (readonly [count: number, labels: Labels, start: (count: number) => Promise<void>])[] = [
      [20, { namespace: 'shop', pod: 'web-0', container: 'web' }, inPod],
      [
        30,
        { namespace: '', pod: '', container: podman },
        (count) => containers.podman(podman, 'santabpf-stress:1', stress('/bin/workload', '/data', count)),
      ],
      [40, { ...nowhere, unit }, (count) => inCgroup(`system.slice/${unit}`, count)],
      [50, { ...nowhere, unit: shell }, (count) => inCgroup(`user.slice/user-1000.slice/${shell}`, count)],
    ];
    const before = await scrape();
    // None is left running if another one fails.
    const ends = await Promise.allSettled(places.map(([count, , start]) => start(count)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    // The last CPU time of a process is counted when the kernel frees it.
    await sleep(3000);
    const measured = new Measurement([], before, await scrape());
    for (const [count, place] of places) {
      const of = (metric: string, labels: Labels = {}) =>
        measured.growth(metric, { command: 'gt-stress', ...place, ...labels });
      const where = JSON.stringify(place);
      expect.soft(measured.growth('execs_total', { ...place, user: '1' }), `execs ${where}`).toBe(count);
      expect.soft(of('file_opens_total'), `opens ${where}`).toBe(count);
      // Those of the block requests, and a byte of each connection, too.
      expect
        .soft(of('read_write_bytes_total', { operation: 'read' }), `reads ${where}`)
        .toBe(count * (1500 + 4096 + 1));
      expectSeen(of('tcp_connections_opened_total'), count, unseen);
      expect.soft(of('disk_read_bytes_total', { cause: 'uncached' }), `disk ${where}`).toBe(count * 4096);
      if (!ioIsOfVersion1) {
        const requests = measured.growth('block_io_duration_seconds_count', { ...place, operation: 'read' });
        expect.soft(requests, `requests ${where}`).toBeGreaterThanOrEqual(count * (1 - unseen));
      }
      const seconds = of('cpu_seconds_total');
      expect.soft(seconds, `CPU ${where}`).toBeGreaterThanOrEqual(count / 100);
      expect.soft(seconds, `CPU ${where}`).toBeLessThan(count / 100 + 0.3);
    }
  });
});
