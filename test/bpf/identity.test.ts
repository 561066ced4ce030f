import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth, type Labels, Measurement } from '../harness/ground_truth.js';
import { expectSeen, unseenShare } from '../harness/hidden_process.js';
import { LoopDevice } from '../harness/loop_device.js';
import { controllerFolder, OwnCgroup, unifiedFolder } from '../harness/own_cgroups.js';
import { needs } from '../harness/requirements.js';

type Arguments = readonly (string | number)[];

const requirements = {
  root: true,
  bpf: true,
  commands: ['losetup'],
  files: ['/dev/loop-control', unifiedFolder() ?? '/sys/fs/cgroup/cgroup.procs'],
};

// The probe ignores CAP_SETUID here, so a test process can become root without an exploit.
const privileges = '{ probe: privileges, constants: { root_capabilities: 0x200000 } }';
const waits = '{ probe: runqlat, constants: { by_command: true } }';
const probes = [
  ...['opens', 'execs', 'forks', 'exits', 'short_lived', 'syscalls', 'page_cache', 'packet_drops', 'kernel_changes'],
  ...['cpu_seconds', 'reads_writes', 'tcp', 'tcp_segments', 'accept_queue', privileges, waits],
];

/** Runs a workload in every cgroup, with a count of its own. @returns the growth, and the counts by cgroup */
async function measureIn(
  truth: GroundTruth,
  cgroups: readonly OwnCgroup[],
  work: (count: number) => Arguments,
  settleMs = 0,
) {
  const before = await truth.scrape();
  for (const [index, cgroup] of cgroups.entries()) {
    await truth.workload.performBy(cgroup.wrapper, ...work(countOf(index)));
  }
  await sleep(settleMs);
  return new Measurement([], before, await truth.scrape());
}

const countOf = (index: number) => 20 * (index + 1);

interface Case {
  readonly metric: string;
  readonly work: (count: number, device: LoopDevice) => Arguments;
  readonly labels?: Labels;
  /** Events of one run, if other than the count. */
  readonly events?: (count: number) => number;
  /** Some happen in interrupts, whose events may be missed. */
  readonly mayMiss?: true;
}

const port = '7117';

const deviceBytes = 1 << 18;

/** The shell that enters the cgroup executes the workload, which is one execution more, and one process that exits with 0. */
const cases: Record<string, Case> = {
  opens: { metric: 'file_opens_total', work: (n) => ['opens', n, '/dev/null'] },
  'failed opens': {
    metric: 'file_open_failures_total',
    work: (n) => ['failing-open', n, 'ELOOP'],
    labels: { errno: 'ELOOP' },
  },
  execs: { metric: 'execs_total', work: (n) => ['execs', n, 1], labels: { user: 'daemon' } },
  forks: { metric: 'forks_total', work: (n) => ['forks', n] },
  exits: { metric: 'process_exits_total', work: (n) => ['exits', n, 9], labels: { code: '9' } },
  kills: { metric: 'process_kills_total', work: (n) => ['killed', n, 'SIGUSR1'], labels: { signal: 'SIGUSR1' } },
  'short-lived': { metric: 'short_lived_processes_total', work: (n) => ['execs', n, 2], labels: { user: 'bin' } },
  refusals: { metric: 'refused_syscalls_total', work: (n) => ['refused', n, 'EMFILE'], labels: { errno: 'EMFILE' } },
  'page cache': {
    metric: 'disk_read_bytes_total',
    work: (n, { path }) => ['passes', n, path, 'direct'],
    labels: { cause: 'uncached' },
    events: (n) => n * deviceBytes,
  },
  'packet drops': {
    metric: 'packet_drops_total',
    work: (n) => ['--network', 'gt-who', 'udp-filtered', n],
    labels: { reason: 'SOCKET_FILTER', device: 'gt-who' },
  },
  reads: {
    metric: 'read_write_bytes_total',
    work: (n) => ['read', n, 1500, '/dev/zero'],
    labels: { operation: 'read' },
    events: (n) => n * 1500,
  },
  'reads of files': {
    metric: 'file_read_bytes_total',
    work: (n) => ['read', n, 64, process.execPath],
    events: (n) => n * 64,
  },
  connects: { metric: 'tcp_connections_opened_total', work: (n) => ['tcp', n], mayMiss: true },
  accepts: { metric: 'tcp_connections_accepted_total', work: (n) => ['tcp', n] },
  'waits for accept': { metric: 'tcp_accept_wait_seconds_count', work: (n) => ['tcp', n], mayMiss: true },
  'failed connects': {
    metric: 'tcp_connect_failures_total',
    work: (n) => ['tcp-refused', n],
    labels: { errno: 'ECONNREFUSED' },
    mayMiss: true,
  },
  resets: {
    metric: 'tcp_resets_sent_total',
    work: (n) => ['--port', port, 'tcp-reset', n],
    labels: { state: 'close', peer_port: port },
  },
  // SYN, ACK of the SYN-ACK, FIN, and ACK of the other FIN.
  segments: {
    metric: 'tcp_segments_sent_total',
    work: (n) => ['--port', port, 'tcp', n],
    labels: { peer_port: port },
    events: (n) => 4 * n,
    mayMiss: true,
  },
  'kernel changes': {
    metric: 'kernel_changes_total',
    work: (n) => ['bpf-loads', n, 'taken', 'gt_who'],
    labels: { name: 'gt_who' },
  },
  privileges: { metric: 'privilege_gains_total', work: (n) => ['turns-to-root', n, 4242], labels: { user: '4242' } },
};

function suite(identity: readonly string[], groups: readonly string[], labelsOf: (cgroup: OwnCgroup) => Labels) {
  const command = identity.includes('command');
  describe(`identity [${identity.join(', ')}]`, needs(requirements), () => {
    let truth: GroundTruth;
    let device: LoopDevice;
    let unseen: number;
    const cgroups: OwnCgroup[] = [];
    beforeAll(async () => {
      cgroups.push(...groups.map((name) => new OwnCgroup(name)));
      device = new LoopDevice(deviceBytes);
      unseen = await unseenShare();
      const config = `${configFor(...probes)}identity: [${identity.join(', ')}]\n`;
      truth = await GroundTruth.start({ config }, [['opens', '/dev/null'], ['forks']]);
    });
    afterAll(async () => {
      await truth?.stop();
      device?.detach();
      for (const cgroup of cgroups) await cgroup.remove();
    });

    test.each(Object.keys(cases))('counts %s of four cgroups as four', async (name) => {
      const { metric, work, labels = {}, events = (n: number) => n, mayMiss } = cases[name]!;
      const measured = await measureIn(truth, cgroups, (count) => work(count, device));
      for (const [index, cgroup] of cgroups.entries()) {
        const growths = measured.growths(metric, { ...labelsOf(cgroup), ...labels });
        const total = Object.values(growths).reduce((sum, growth) => sum + growth, 0);
        if (mayMiss) expectSeen(total, events(countOf(index)), unseen);
        else expect.soft(total, `${cgroup.path} ${JSON.stringify(growths)}`).toBe(events(countOf(index)));
        const others = Object.keys(growths).join();
        if (!command) expect.soft(others).not.toMatch(/command=|parent=/);
      }
    });

    test('shows the accept queues of four cgroups as four', async () => {
      const work = cgroups.map(({ wrapper }, index) => {
        return truth.workload.performBy(wrapper, '--port', '0', 'tcp-waiting', 3 + index, 2000, 20);
      });
      await sleep(1000);
      const shown = await truth.scrape();
      await Promise.all(work);
      for (const [index, cgroup] of cgroups.entries()) {
        const lengths = shown.values('listen_queue_connections', labelsOf(cgroup));
        expect.soft([...lengths.values()], cgroup.path).toEqual([3 + index]);
      }
    });

    test('counts the CPU time of four cgroups as four', async () => {
      // The last time of a process is counted when the kernel frees it.
      const measured = await measureIn(truth, cgroups, (count) => ['spin', 2 * count, 'user'], 3000);
      for (const [index, cgroup] of cgroups.entries()) {
        const seconds = measured.growth('cpu_seconds_total', labelsOf(cgroup));
        expect.soft(seconds).toBeGreaterThanOrEqual((2 * countOf(index)) / 1000);
        expect.soft(seconds).toBeLessThan((2 * countOf(index)) / 1000 + 0.1);
      }
    });

    test('measures the waits for a CPU of four cgroups as four', async () => {
      const measured = await measureIn(truth, cgroups, (count) => ['pingpong', 100 * count]);
      for (const [index, cgroup] of cgroups.entries()) {
        const waited = measured.growth('command_runqueue_wait_seconds_count', labelsOf(cgroup));
        expect.soft(waited).toBeGreaterThanOrEqual(100 * countOf(index));
        expect.soft(waited).toBeLessThan(300 * countOf(index) + 200);
      }
    });
  });
}

const letters = [...'abcd'];
const names = (form: (letter: string) => string) => letters.map((letter) => form(`gt-${process.pid}-${letter}`));

suite(
  ['cgroup'],
  names((name) => name),
  ({ path }) => ({ cgroup: path }),
);
suite(
  ['unit', 'command'],
  names((name) => `gt.slice/${name}.service`),
  ({ path }) => ({ unit: path.split('/').at(-1)! }),
);

const memory = controllerFolder('memory');

describe(
  'a process outside of all v2 cgroups',
  needs({ ...requirements, files: [memory ?? '/sys/fs/cgroup/memory'] }),
  () => {
    test('belongs to its cgroup v1', async () => {
      const cgroup = new OwnCgroup(`gt-${process.pid}-v1`, memory);
      const truth = await GroundTruth.start({ config: `${configFor('opens', 'forks')}identity: [cgroup, command]\n` });
      const before = await truth.scrape();
      await truth.workload.performBy(cgroup.wrapper, '--comm', 'gt-v1', 'opens', 500, '/dev/null');
      await truth.workload.performBy(cgroup.wrapper, '--comm', 'gt-v1', 'forks', 50);
      await truth.workload.perform('--comm', 'gt-root', 'opens', 300, '/dev/null');
      const measured = new Measurement([], before, await truth.scrape());
      await truth.stop();
      await cgroup.remove();
      expect(measured.growths('file_opens_total', { command: 'gt-v1' })).toEqual({ [`cgroup="${cgroup.path}"`]: 500 });
      expect(measured.growths('forks_total', { command: 'gt-v1' })).toEqual({
        [`cgroup="${cgroup.path}",kind="process"`]: 50,
      });
      expect(measured.growth('file_opens_total', { command: 'gt-root' })).toBe(300);
      expect(measured.growth('file_opens_total', { command: 'gt-root', cgroup: cgroup.path })).toBe(0);
    });
  },
);

const blkio = controllerFolder('blkio');

describe('a block request', needs({ ...requirements, files: [blkio ?? '/sys/fs/cgroup/blkio'] }), () => {
  test('belongs to the cgroup that its bio is charged to', async () => {
    // As where blkio stands for cgroup v1: the id of the cgroup shows which one it is.
    const probe = [
      'probe: requests\nsummary: Requests.\nobject: biolatency.bpf.o\nconstants: { identity_hierarchy: blkio_hierarchy }',
      'programs: { alternatives: [[issue_before_5_11, issue]], nested: { issue_before_5_11: issue_before_5_11_nested, issue: issue_nested, complete: complete_nested } }',
      'metrics:\n  - { name: request_seconds, type: histogram, help: Requests., map: requests, value: duration, unit: ns,',
      '      labels: { device: { field: disk }, who: { field: cgroup, decode: hex } } }\n',
    ].join('\n');
    const device = new LoopDevice(deviceBytes);
    const cgroups = letters.map((letter) => new OwnCgroup(`gt-${process.pid}-${letter}`, blkio));
    onTestFinished(async () => {
      device.detach();
      for (const cgroup of cgroups) await cgroup.remove();
    });
    const truth = await GroundTruth.start({
      config: 'probes: [requests]\nprobe_path: [probes]\n',
      files: { 'probes/requests.yaml': probe },
    });
    const measured = await measureIn(truth, cgroups, (count) => ['block', count, device.path, 4096, 'read']);
    await truth.stop();
    const unseen = await unseenShare();
    for (const [index, cgroup] of cgroups.entries()) {
      const who = `0x${(BigInt(cgroup.id) | (1n << 63n)).toString(16)}`;
      expectSeen(measured.growth('request_seconds_count', { device: device.name, who }), countOf(index), unseen);
    }
  });
});
