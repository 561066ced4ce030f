import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { launchExporter, type RunningExporter } from '../harness/exporter.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { OwnCgroup } from '../harness/own_cgroups.js';
import { needs } from '../harness/requirements.js';
import { exporterOf, fixtureNeeds, Scrape, tell } from './probes.js';

const fixtures = join(import.meta.dirname, '../fixtures/bpf');
const workload = join(import.meta.dirname, '../../build/test/workload');
const file = readFileSync(join(fixtures, 'foreign.yaml'), 'utf8');
const kind = 77;

/** Repeats until no expectation fails. */
const eventually = <Value>(work: () => Promise<Value>) => vi.waitFor(work, { timeout: 20_000, interval: 200 });

async function foreignExporter(text = file): Promise<RunningExporter> {
  const files = { 'foreign.yaml': text, 'foreign.bpf.o': readFileSync(fixtureObject('foreign')) };
  return await exporterOf({ foreign: ['foreign'], files });
}

/** Values by name and labels: `foreign_powers_bucket 0 +Inf`. */
async function series(exporter: RunningExporter): Promise<Map<string, number>> {
  const { samples } = await Scrape.of(exporter);
  return new Map(
    samples.flatMap(({ name, labels, value }) => {
      const [, own] = /^ebpf_exporter_(.*)$/.exec(name) ?? [];
      return own === undefined ? [] : [[[own, ...Object.values(labels)].join(' '), value]];
    }),
  );
}

/** The sum of all series whose name and labels begin so. */
function total(all: ReadonlyMap<string, number>, start: string): number {
  return [...all].reduce((sum, [name, value]) => (name.startsWith(start) ? sum + value : sum), 0);
}

describe('files of ebpf_exporter', needs(fixtureNeeds), () => {
  it('run unchanged, with its names, labels and values', async () => {
    const exporter = await foreignExporter();
    // 0 and 1 twice, 3, 10, 33 and 1000 once.
    tell(2, [0, 1], { kind, command: 'teller' });
    tell(1, [3, 10, 33, 1000], { kind, command: 'keeper' });
    tell(1, [7], { kind, command: 'dropped' });
    const all = await eventually(async () => {
      const read = await series(exporter);
      expect(read.get('foreign_calls_total')).toBe(9);
      expect(total(read, 'foreign_records_total ')).toBe(9);
      return read;
    });
    expect(total(all, 'foreign_parities_total even')).toBe(4);
    expect(total(all, 'foreign_parities_total odd')).toBe(5);
    expect(all.get('foreign_told_total even lo tell 80 0')).toBe(2);
    expect(all.get('foreign_told_total unknown:1 lo tell 80 1')).toBe(2);
    expect(all.get('foreign_told_total even lo keeper 80 1000')).toBe(1);
    expect(total(all, 'foreign_told_total ')).toBe(8);
    expect(all.get('foreign_records_total teller 1')).toBe(2);
    expect(all.get('foreign_records_total dropped 1')).toBe(1);
    const [address = ''] = /^[0-9a-f]+(?= \w vfs_read$)/m.exec(readFileSync('/proc/kallsyms', 'latin1')) ?? [];
    expect(all.get('foreign_address')).toBe(Number(`0x${address}`));
  });

  it('have histograms whose last slot has no bound', async () => {
    const exporter = await foreignExporter();
    tell(1, [0, 2, 4, 10, 16, 60, 1000], { kind });
    tell(3, [5], { kind });
    const buckets = (all: Map<string, number>, name: string, parity: number) =>
      [...all]
        .filter(([key]) => key.startsWith(`${name}_bucket ${parity} `))
        .map(([key, value]) => [Number(key.split(' ')[2]!.replace('+Inf', 'Infinity')), value]);
    const all = await eventually(async () => {
      const read = await series(exporter);
      expect(read.get('foreign_powers_count 0')).toBe(7);
      return read;
    });
    expect(buckets(all, 'foreign_powers', 0)).toEqual([
      [0.5, 1],
      [1, 2],
      [2, 3],
      [4, 3],
      [Number.POSITIVE_INFINITY, 7],
    ]);
    expect(all.get('foreign_powers_sum 0')).toBe((2 + 4 + 10 + 16 + 60 + 1000) / 2);
    expect(all.get('foreign_powers_sum 1')).toBe(7.5);
    expect(buckets(all, 'foreign_powers_with_zero', 0)).toEqual([
      [0, 1],
      [1, 1],
      [2, 2],
      [4, 3],
      [Number.POSITIVE_INFINITY, 7],
    ]);
    expect(buckets(all, 'foreign_steps', 0)).toEqual([
      [0, 3],
      [10, 5],
      [20, 5],
      [30, 5],
      [Number.POSITIVE_INFINITY, 7],
    ]);
    expect(buckets(all, 'foreign_chosen', 1)).toEqual([
      [1, 0],
      [5, 3],
      [50, 3],
      [Number.POSITIVE_INFINITY, 3],
    ]);
    expect(all.get('foreign_chosen_sum 1')).toBe(15);
  });

  it('keep a map filled with the cgroups that match, also with those that are made later', async () => {
    const [before, other] = ['chosen-1', 'other-1'].map((name) => ownCgroup(name));
    const exporter = await foreignExporter();
    const later = ownCgroup('chosen-2');
    const members = async () => {
      for (const cgroup of [before!, other!, later]) {
        const [shell, ...words] = cgroup.wrapper;
        spawnSync(shell!, [...words, workload, 'values', '1', String(kind), '2']);
      }
      return await series(exporter);
    };
    const all = await eventually(async () => {
      const read = await members();
      expect(total(read, `foreign_members_total ${later.folder}`)).toBeGreaterThan(0);
      return read;
    });
    expect(total(all, `foreign_members_total ${before!.folder}`)).toBeGreaterThan(0);
    expect(total(all, `foreign_members_total ${other!.folder}`)).toBe(0);
  });

  it('keep a storage of cgroups filled with those that match', async () => {
    const name = 'chosen_cgroups';
    const files = {
      [`${name}.yaml`]: readFileSync(join(fixtures, `${name}.yaml`)),
      [`${name}.bpf.o`]: readFileSync(fixtureObject(name)),
    };
    const cgroups = ['chosen-3', 'other-3'].map((folder) => ownCgroup(folder));
    const exporter = await exporterOf({ foreign: [name], files });
    for (const { wrapper } of cgroups) {
      const [shell, ...words] = wrapper;
      spawnSync(shell!, [...words, workload, 'values', '1', '78', '2', '2', '2']);
    }
    const [chosen, other] = cgroups.map(({ folder }) => folder);
    await eventually(async () => {
      const all = await series(exporter);
      expect(all.get(`chosen_values_total ${chosen}`)).toBe(3);
      expect(all.get(`other_values_total ${other}`)).toBe(3);
    });
  });

  it('attach what only ebpf_exporter attaches, and run without the programs that this kernel lacks', async () => {
    const exporter = await foreignExporter();
    spawnSync('/bin/sh', ['-c', 'for i in 1 2 3 4 5; do echo x; done >/dev/udp/127.0.0.1/9'], { shell: '/bin/bash' });
    await exporter.get('/metrics');
    const all = await eventually(async () => {
      const read = await series(exporter);
      expect(read.get('foreign_packets_total')).toBeGreaterThan(0);
      expect(read.get('foreign_samples_total')).toBeGreaterThan(0);
      return read;
    });
    expect(all.get('enabled_configs foreign')).toBe(1);
    expect(all.get('decoder_errors_total foreign')).toBe(0);
    const info = [...all.keys()].filter((name) => name.startsWith('ebpf_program_info foreign '));
    expect(info.map((name) => name.split(' ')[2]).sort()).toEqual(['pass', 'sample', 'tell']);
    expect(info.every((name) => /^\S+ foreign \w+ [0-9a-f]{16} \d+$/.test(name))).toBe(true);
    const ids = info.map((name) => name.split(' ')[4]);
    expect(ids.map((id) => all.get(`ebpf_program_attached ${id}`))).toEqual([1, 1, 1]);
    expect(all.get(`ebpf_program_run_count_total ${ids[0]}`)).toBeGreaterThanOrEqual(0);
    const status = JSON.parse(await exporter.get('/probes')) as { probes: { reason?: { code: string } }[] };
    expect(status.probes[0]!.reason?.code).toBe('HOOK_MISSING');
    expect(exporter.entries()).toContainEqual(expect.objectContaining({ level: 'warn', code: 'CONFIG_LEFT_OUT' }));
  });

  it('are refused at their place if they do not fit the object', async () => {
    const text = file.replace('name: port, size: 2', 'name: port, size: 4').replace('foreign_steps', 'foreign_stops');
    const exporter = await foreignExporter(text);
    const lines = text.split('\n');
    const line = (part: string) => lines.findIndex((one) => one.includes(part)) + 1;
    expect(exporter.entries()).toContainEqual(
      expect.objectContaining({
        code: 'MAP_TYPE_SIZE',
        at: expect.stringMatching(new RegExp(`foreign.yaml:${line('help: Values told, by everything') + 1}:`)),
      }),
    );
    expect(exporter.entries()).toContainEqual(
      expect.objectContaining({
        code: 'MAP_UNKNOWN',
        at: expect.stringMatching(new RegExp(`foreign.yaml:${line('foreign_stops')}:`)),
      }),
    );
  });

  it('start with spans alone, and end with an error at its place if they are faulty', async () => {
    const spans = await exporterOf({
      foreign: ['spans'],
      files: { 'spans.yaml': 'tracing: { spans: [{ ringbuf: r, name: s, labels: [] }] }' },
    });
    expect(await spans.get('/metrics')).toContain('ebpf_exporter_build_info');
    const faulty = launchExporter({ foreign: ['faulty'], files: { 'faulty.yaml': 'metrics: { counters: [{}] }' } });
    expect(await faulty.ended).toMatchObject({ code: 1 });
    expect(faulty.entries()[0]).toMatchObject({
      code: 'CONFIG_MISSING_KEY',
      at: expect.stringContaining('faulty.yaml:1:'),
    });
  });
});

function ownCgroup(name: string): OwnCgroup {
  const cgroup = new OwnCgroup(`santabpf-${process.pid}/${name}`);
  onTestFinished(() => cgroup.remove());
  return cgroup;
}
