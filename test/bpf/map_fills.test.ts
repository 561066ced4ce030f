import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExporterOptions } from '../harness/exporter.js';
import { launchExporter } from '../harness/exporter.js';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { OwnCgroup } from '../harness/own_cgroups.js';
import { needs } from '../harness/requirements.js';

/** As in test/fixtures/bpf/map_fills.bpf.c. */
const teller = process.pid;
const pin = '/sys/fs/bpf/kept';

/** An IPv4 address as a program reads it from memory. */
const address = (...bytes: number[]) => Buffer.from(bytes).readUInt32LE();

describe('maps that the probe file fills and pins', needs({ root: true, bpf: true, commands: ['nsenter'] }), () => {
  let cgroup: OwnCgroup;
  /** Keeps a mount namespace with a BPF file system. */
  let holder: ChildProcess;

  beforeAll(async () => {
    cgroup = new OwnCgroup(`santabpf-fills-${process.pid}`);
    const script = 'mount -t bpf bpf /sys/fs/bpf && echo ready && exec sleep 600';
    holder = spawn('unshare', ['--mount', 'sh', '-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout!, 'data');
  });
  afterAll(async () => {
    holder?.kill();
    await cgroup?.remove();
  });

  function options(change: (yaml: string) => string = (yaml) => yaml): ExporterOptions {
    const { config, files = {} } = fixtureProbe('map_fills', { teller });
    const yaml = String(files['map_fills.yaml']).replace('CGROUP', cgroup.folder).replace('PIN', pin);
    return {
      ...(config === undefined ? {} : { config }),
      files: { ...files, 'map_fills.yaml': change(yaml) },
      wrapper: ['nsenter', '--mount', '--target', `${holder.pid}`],
    };
  }

  async function started(): Promise<GroundTruth> {
    return GroundTruth.start(options());
  }

  test('have their entries before programs run, and a pinned map outlives the exporter', async () => {
    const truth = await started();
    try {
      const inside = address(10, 9, 9, 9);
      const deeper = address(10, 1, 2, 3);
      const outside = address(11, 1, 2, 3);
      const measured = await truth.measureAll(
        ['values', 1, teller * 256 + 1, inside, deeper, outside],
        ['values', 1, teller * 256 + 2, 0, 2, 2, 1],
        ['values', 1, teller * 256 + 3, 0, 0],
      );
      expect(measured.growths('in_network_total')).toEqual({ '': 105 });
      expect(measured.growths('weight_total')).toEqual({ '': 9 });
      expect(measured.growths('called_total')).toEqual({ '': 1 });
      expect(measured.growths('called_second_total')).toEqual({ '': 2 });
      expect(measured.growths('in_cgroup_total')).toEqual({});
      const samples = await truth.scrape();
      expect(Object.fromEntries(samples.values('places'))).toEqual({
        'user="0",port="80",command="nginx"': 7,
        'user="12",port="0",command=""': 2 ** 32,
      });
      expect(samples.values('kept_total').get('index="0"')).toBe(2);
    } finally {
      await truth.stop();
    }
    const again = await started();
    try {
      expect((await again.scrape()).values('kept_total').get('index="0"')).toBe(2);
    } finally {
      await again.stop();
    }
  });

  test('a cgroup is found by its path', async () => {
    const truth = await started();
    try {
      const before = (await truth.scrape()).values('in_cgroup_total').get('') ?? 0;
      await truth.workload.perform('values', 1, teller * 256 + 9, 1);
      expect((await truth.scrape()).values('in_cgroup_total').get('')).toBe(before);
      await truth.workload.performBy(cgroup.wrapper, 'values', 1, teller * 256 + 9, 1, 2);
      expect((await truth.scrape()).values('in_cgroup_total').get('')).toBe(before + 2);
    } finally {
      await truth.stop();
    }
  });

  async function refusal(change: (yaml: string) => string): Promise<string> {
    const exporter = launchExporter(options(change));
    try {
      const entry = await exporter.logged(/map_fills/);
      return exporter.log() + JSON.stringify(entry);
    } finally {
      await exporter.stop();
    }
  }

  test('a pin of another map is refused', async () => {
    const log = await refusal((yaml) =>
      `${yaml.replace(/ {2}kept:.*/, '')}`.replace('weights: {', `weights: { pin: ${pin},`),
    );
    expect(log).toContain('MAP_NOT_PINNED');
    expect(log).toContain('another map is pinned there');
  });

  test('a path outside of a BPF file system is refused', async () => {
    const log = await refusal((yaml) => yaml.replace(pin, '/tmp/santabpf-no-pin'));
    expect(log).toContain('MAP_NOT_PINNED');
    expect(log).toContain('not in a BPF file system');
  });

  test('an entry too many says so', async () => {
    const log = await refusal((yaml) => yaml.replace('2: handle_second', '9: handle_second'));
    expect(log).toContain('MAP_NOT_FILLED');
    expect(log).toContain('E2BIG');
  });
});
