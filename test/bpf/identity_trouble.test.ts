import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shippedProbePath } from '../harness/exporter.js';
import { GroundTruth, Measurement } from '../harness/ground_truth.js';
import { expectSeen, unseenShare } from '../harness/hidden_process.js';
import { LoopDevice } from '../harness/loop_device.js';
import { controllerFolder, OwnCgroup, unifiedFolder } from '../harness/own_cgroups.js';
import { needs } from '../harness/requirements.js';
import type { WorkloadFacts } from '../harness/workload.js';

const MIB = 1 << 20;
const port = '7118';
const deviceBytes = 32 * MIB;
const limit = 8 * MIB;
const config = [
  'probes: [tcp, oom_kills, memory_reclaim, { probe: blocked_tasks, constants: { shortest_ns: 2000000000 } }]',
  `probe_path: ["${shippedProbePath}"]`,
  'identity: [unit]\n',
].join('\n');

// The workloads of memory enter a cgroup of their own. They stay in their unit only if that cgroup is of version 1.
const memory = controllerFolder('memory') ?? '/sys/fs/cgroup/memory';
const files = ['/dev/loop-control', unifiedFolder() ?? '/sys/fs/cgroup/cgroup.procs', memory];

describe('identity [unit] of trouble', needs({ root: true, bpf: true, commands: ['losetup'], files }), () => {
  let truth: GroundTruth;
  let device: LoopDevice;
  let unseen: number;
  const units: OwnCgroup[] = [];
  beforeAll(async () => {
    for (const letter of 'abcd') units.push(new OwnCgroup(`gt.slice/gt-trouble-${process.pid}-${letter}.service`));
    device = new LoopDevice(deviceBytes);
    unseen = await unseenShare();
    truth = await GroundTruth.start({ config });
  });
  afterAll(async () => {
    await truth?.stop();
    device?.detach();
    for (const unit of units) await unit.remove();
  });

  /** Different for each unit. */
  const countOf = (index: number) => 1 + index;
  const labelsOf = (unit: OwnCgroup) => ({ unit: unit.path.split('/').at(-1)! });

  /** Starts a workload in all units at once. */
  function start(work: (count: number) => readonly (string | number)[]) {
    return Promise.all(units.map(({ wrapper }, index) => truth.workload.performBy(wrapper, ...work(countOf(index)))));
  }

  /** Runs a workload in all units, one after the other. */
  async function measure(work: (count: number) => readonly (string | number)[]) {
    const before = await truth.scrape();
    const facts: WorkloadFacts[] = [];
    for (const [index, { wrapper }] of units.entries()) {
      facts.push(await truth.workload.performBy(wrapper, ...work(countOf(index))));
    }
    return new Measurement(facts, before, await truth.scrape());
  }

  test('retransmits belong to the unit of the socket', async () => {
    const measured = await measure((count) => ['tcp-retransmits', count]);
    for (const [index, unit] of units.entries()) {
      const growth = measured.growth('tcp_retransmits_total', { ...labelsOf(unit), state: 'established' });
      expectSeen(growth, Number(measured.facts[index]!.retransmits), unseen);
    }
  });

  test('resets belong to the unit of the socket that receives them', async () => {
    const measured = await measure((count) => ['--port', port, 'tcp-reset', 20 * count]);
    for (const [index, unit] of units.entries()) {
      const labels = { ...labelsOf(unit), local_port: port };
      expectSeen(measured.growth('tcp_resets_received_total', labels), 20 * countOf(index), unseen);
    }
  });

  test('an OOM kill belongs to the unit of the killed process', async () => {
    const measured = await measure((count) => ['oom', count, 32 * MIB]);
    for (const [index, unit] of units.entries()) {
      const kills = measured.growths('oom_kills_total', labelsOf(unit));
      expect.soft(Object.values(kills), JSON.stringify(kills)).toEqual([countOf(index)]);
      expect.soft(Object.keys(kills).join()).not.toMatch(/command=|requester=/);
    }
  });

  test('reclaim belongs to the unit of the process that waits for it', async () => {
    const measured = await measure((count) => ['reclaim', count, limit, device.path]);
    for (const [index, unit] of units.entries()) {
      const bytes = measured.growth('memory_reclaimed_bytes_total', labelsOf(unit));
      expect.soft(measured.growth('memory_reclaim_stalls_total', labelsOf(unit))).toBeGreaterThan(0);
      // All bytes read, without what stays and what the unit before has left, and with a little more by readahead.
      expect.soft(bytes).toBeGreaterThanOrEqual(countOf(index) * deviceBytes - 2 * limit);
      expect.soft(bytes).toBeLessThan(countOf(index) * deviceBytes * 1.05);
    }
  });

  test('shows the blocked tasks of four units as four', async () => {
    let isOver = false;
    const work = start((count) => ['blocked', count, 10]).finally(() => {
      isOver = true;
    });
    const expected = units.map((_, index) => countOf(index));
    let shown: number[] = [];
    while (!isOver && shown.join() !== expected.join()) {
      await sleep(300);
      const samples = await truth.scrape();
      shown = units.map((unit) =>
        [...samples.values('blocked_tasks', labelsOf(unit)).values()].reduce((sum, value) => sum + value, 0),
      );
    }
    expect(shown).toEqual(expected);
    await work;
  });
});
