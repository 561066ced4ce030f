import { describe, expect, it } from 'vitest';
import { counterWith, readFile, readFiles } from './foreign_files.js';

const bucketLabel = '[{ name: bucket, size: 8, decoders: [{ name: uint }] }]';

function specOf(text: string, reading?: Parameters<typeof readFile>[1]) {
  return readFile(text, reading).probes[0]!.spec;
}

function histogram(settings: string) {
  const text = `metrics: { histograms: [{ name: wait_seconds, help: Waits., ${settings}, labels: ${bucketLabel} }] }`;
  return specOf(text).metrics[0]!;
}

describe('a file of ebpf_exporter', () => {
  it('is a probe with its name, its object and its metrics', () => {
    const configuration = readFile('metrics: { counters: [{ name: calls_total, help: Calls of things. }] }', {
      programs: [{ name: 'count', section: 'raw_tp/sys_enter' }],
    });
    expect(configuration).toMatchObject({ metricPrefix: 'ebpf_exporter_', imitates: { prefix: 'ebpf_exporter_' } });
    expect(configuration.warnings).toBeUndefined();
    expect(configuration.probes[0]!.spec).toMatchObject({
      probe: 'it',
      object: './it.bpf.o',
      maps: { calls_total: { value: 'u64' } },
      programs: { optional: ['count'], attachesAll: true },
      metrics: [{ name: 'calls_total', type: 'counter', help: 'Calls of things.', map: 'calls_total', labels: {} }],
    });
  });

  it('has labels where their sizes and paddings put them', () => {
    const spec = specOf(
      counterWith(`- { name: kind, size: 1, padding: 3, decoders: [{ name: uint }] }
- { name: interface, size: 8, decoders: [{ name: ifname }] }
- { name: command, size: 16, decoders: [{ name: string }] }
- { name: port, size: 2, decoders: [{ name: uint }] }`),
    );
    expect(spec.maps.calls_total!.key).toBe(
      'struct { uint8_t kind; char padding_0[3]; uint32_t interface; char padding_1[4]; char command[16]; uint16_t port; } __attribute__((packed))',
    );
    expect(spec.metrics[0]!.labels.command).toEqual({ from: 'key', field: 'command', decode: [{ kind: 'string' }] });
  });

  it('shows the CPU by the last label of a per-CPU map only', () => {
    const text = counterWith(`- { name: kind, size: 4, decoders: [{ name: uint }] }
- { name: cpu, size: 2, decoders: [{ name: uint }] }`);
    const ofCpu = { from: 'cpu', decode: [{ kind: 'uint' }] };
    expect(specOf(text, { maps: { calls_total: 'percpu_array' } }).metrics[0]!.labels.cpu).toEqual(ofCpu);
    expect(specOf(text, { isAlone: true }).metrics[0]!.labels.cpu).toEqual(ofCpu);
    const { maps, metrics } = specOf(text, { maps: { calls_total: 'hash' } });
    expect(metrics[0]!.labels.cpu).toMatchObject({ from: 'key' });
    expect(maps.calls_total!.key).toContain('uint16_t cpu;');
  });

  it('keeps the name of a counter without _total, as a gauge', () => {
    const text = 'metrics: { counters: [{ name: pages, help: Pages. }] }';
    expect(specOf(text, { maps: { pages: 'hash' } }).metrics[0]).toMatchObject({ name: 'pages', type: 'gauge' });
    expect(specOf(text, { maps: { pages: 'percpu_array' } }).metrics[0]).toMatchObject({ combine: 'sum' });
  });

  it('counts the records of a perf buffer', () => {
    const spec = specOf(`metrics:
  counters:
    - name: kills_total
      help: Kills.
      perf_event_array: true
      flush_interval: 10s
      labels: [{ name: command, size: 16, decoders: [{ name: string }] }]
`);
    expect(spec.events.kills_total_records).toMatchObject({
      buffer: 'kills_total',
      type: 'struct { char command[16]; } __attribute__((packed))',
    });
    expect(spec.metrics[0]).toMatchObject({ type: 'counter', events: 'kills_total_records' });
  });

  it('has constants with addresses of the kernel', () => {
    const spec = specOf('metrics: { counters: [{ name: pages_total, help: Pages. }] }\nkaddrs: [jiffies, other]', {
      symbols: 'ffffffff82a05100 D jiffies\nffffffff00000000 t jiffies_other\nffffffff82a05200 D other\n',
    });
    expect(spec.constants).toEqual({ kaddr_jiffies: 0xffffffff82a05100n, kaddr_other: 0xffffffff82a05200n });
  });

  it('has a set of cgroups', () => {
    const spec = specOf(`metrics: { counters: [{ name: calls_total, help: Calls. }] }
cgroup_id_map: { name: chosen, type: cgrp_storage, regexps: ["^.*(system.slice/.*)$"] }`);
    expect(spec.cgroupSet).toEqual({ map: 'chosen', by: 'descriptor', patterns: ['^.*(system.slice/.*)$'] });
  });

  it('attaches programs whose sections only ebpf_exporter reads', () => {
    const sections = [
      'xdp/eth0',
      'perf_event/type=0,config=3,frequency=99',
      'perf_event/type=3,config=65538,frequency=7',
      'perf_event/type=4,config=450,frequency=1',
      'perf_event/type=77,config=1,frequency=1',
      'perf_event/type=1,config=0',
      'raw_tp/sys_enter',
    ];
    const programs = sections.map((section, index) => ({ name: `p${index}`, section }));
    const { probes, warnings } = readFile('metrics: { counters: [{ name: calls_total, help: Calls. }] }', { programs });
    expect(probes[0]!.spec.programs!.attach).toEqual({
      p0: { type: 'xdp', interfaces: ['eth0'] },
      p1: { event: 'cache-misses', frequency: 99 },
      p2: { event: 'llc-load-misses', frequency: 7 },
      p3: { event: 'r1c2', frequency: 1 },
      p4: { skip: true },
      p5: { skip: true },
    });
    expect(warnings?.map(({ message }) => message)).toEqual([
      expect.stringContaining('Program "p4" is left out'),
      expect.stringContaining('Program "p5" is left out'),
    ]);
  });
});

describe('the buckets of ebpf_exporter', () => {
  it.each([
    ['bucket_type: exp2, bucket_min: 1, bucket_max: 4, bucket_multiplier: 0.5', [1, 2, 3], [1, 2, 4]],
    ['bucket_type: exp2zero, bucket_max: 4', [0, 1, 2, 3], [0, 1, 2, 4]],
    ['bucket_type: linear, bucket_max: 3, bucket_multiplier: 50', [0, 1, 2], [0, 50, 100]],
  ])('%s: the last slot has no bound', (settings, slots, bounds) => {
    const { buckets } = histogram(settings);
    const last = slots.at(-1)! + 1;
    expect(buckets).toEqual({ kind: 'bounds', slots, bounds, last, sum: 'after_last', key: { field: 'bucket' } });
  });

  it('fixed: every key is a bound, and the sum has the key after them', () => {
    const { buckets, unit } = histogram('bucket_type: fixed, bucket_keys: [1, 5, 10], bucket_multiplier: 0.001');
    expect(buckets).toMatchObject({ slots: [1, 5, 10], bounds: [0.001, 0.005, 0.01], last: 10, sum: 'after_last' });
    expect(unit).toBe('0.001');
  });
});

describe('spans of ebpf_exporter', () => {
  it('are left out with a warning, and the counters beside them run', () => {
    const spans = 'tracing: { spans: [{ ringbuf: spans, name: exec, labels: [] }] }';
    const { probes, warnings } = readFiles({
      both: `${spans}\nmetrics: { counters: [{ name: calls_total, help: Calls. }] }`,
      alone: spans,
    });
    expect(probes.map(({ spec }) => spec.probe)).toEqual(['both']);
    expect(warnings).toHaveLength(2);
    expect(warnings![1]).toMatchObject({
      code: 'CONFIG_LEFT_OUT',
      location: { file: expect.stringMatching(/alone\.yaml$/), line: 1, column: 10 },
    });
  });
});
