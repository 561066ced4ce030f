import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { IntegerLayout, Layout } from '../../src/decode/layout.js';
import type { MapDescription } from '../../src/decode/map_description.js';
import { foreignFile } from '../../src/ebpf_exporter/file_schema.js';
import { migrateFile, probeNameFor } from '../../src/migrate/probe.js';

const integer = (size: IntegerLayout['size'], settings: Partial<IntegerLayout> = {}): IntegerLayout => ({
  kind: 'integer',
  type: `u${size * 8}`,
  size,
  signed: false,
  encoding: 'number',
  network: false,
  ...settings,
});

function struct(size: number, fields: Readonly<Record<string, readonly [number, Layout]>>): Layout {
  const list = Object.entries(fields).map(([name, [offset, layout]]) => ({ name, offset, layout }));
  return { kind: 'struct', type: 'struct key', size, fields: list };
}

const mapOf = (name: string, key: Layout | undefined, settings: Partial<MapDescription> = {}): MapDescription => ({
  name,
  type: 'hash',
  keySize: key?.size ?? 4,
  valueSize: 8,
  ...(key && { key }),
  value: integer(8),
  ...settings,
});

/** The probe file of a file of ebpf_exporter, and its notes. */
function migrate(settings: object, maps: readonly MapDescription[] | undefined, sections: readonly string[] = []) {
  const programs = sections.map((section, index) => ({ name: `p${index}`, section }));
  const { text, notes } = migrateFile('it', foreignFile.parse(settings), maps && { maps, programs });
  return { probe: text && parse(text), notes };
}

const labels = (...list: readonly (readonly [string, number, ...string[]])[]) =>
  list.map(([name, size, ...decoders]) => ({ name, size, decoders: decoders.map((each) => ({ name: each })) }));
const counter = (list: object, name = 'calls_total') => ({
  metrics: { counters: [{ name, help: 'Calls.', labels: list }] },
});

describe('fields', () => {
  it('are found by their place in the key, also in a struct of a struct', () => {
    const inner = struct(8, { pid: [0, integer(4, { signed: true })], dev: [4, integer(4)] });
    const key = struct(24, { a: [0, integer(8)], task: [8, inner], port: [16, integer(2)] });
    const file = counter(
      labels(['x', 8, 'uint'], ['process', 4, 'uint'], ['device', 4, 'majorminor'], ['port', 2, 'uint']),
    );
    expect(migrate(file, [mapOf('calls_total', key)]).probe.metrics[0].labels).toEqual({
      x: { field: 'a' },
      process: { field: 'task.pid', decode: 'uint' },
      device: { field: 'task.dev', decode: 'stat_device' },
      port: { field: 'port' },
    });
  });

  it('may be smaller than their label if padding follows, and not if another field follows', () => {
    const file = counter(labels(['op', 4, 'uint'], ['slot', 8, 'uint']));
    const padded = struct(16, { op: [0, integer(1)], slot: [8, integer(8)] });
    const wide = [...labels(['op', 8, 'uint'], ['slot', 8, 'uint'])];
    expect(migrate(counter(wide), [mapOf('calls_total', padded)]).probe.metrics[0].labels.op).toEqual({ field: 'op' });
    const full = struct(12, { op: [0, integer(1)], more: [1, integer(1)], slot: [4, integer(8)] });
    expect(migrate(file, [mapOf('calls_total', full)]).probe.maps.calls_total).toEqual({
      key: 'struct { u32 op; u64 slot; } __attribute__((packed))',
    });
  });

  it('are those of the YAML file if there is no object', () => {
    const { probe } = migrate(counter(labels(['comm', 16, 'string'], ['n', 4, 'uint'])), undefined);
    expect(probe.maps).toEqual({ calls_total: { key: 'struct { char comm[16]; u32 n; }', value: 'u64' } });
    expect(probe.metrics[0].labels).toEqual({ comm: { field: 'comm', decode: 'string' }, n: { field: 'n' } });
  });
});

describe('metrics', () => {
  it('are gauges without _total, and sums of CPUs', () => {
    const { probe, notes } = migrate(counter([], 'pages'), [mapOf('pages', undefined, { type: 'percpu_array' })]);
    expect(probe.metrics[0]).toEqual({
      name: 'pages',
      type: 'gauge',
      help: 'Calls.',
      map: 'pages',
      combine: 'sum',
      zeros: true,
    });
    expect(notes).toEqual([expect.stringMatching(/^pages is a gauge/)]);
  });

  it('have the unit that a multiplier means, and no sum where an array has no slot for it', () => {
    const histogram = (name: string, multiplier: number | undefined, type = 'exp2') => ({
      name,
      help: 'Time.',
      bucket_type: type,
      bucket_max: 26,
      ...(multiplier && { bucket_multiplier: multiplier }),
      labels: labels(['bucket', 4, 'uint']),
    });
    const histograms = [
      histogram('a_seconds', 0.000001),
      histogram('b_seconds', 0.0000001),
      histogram('c', 50, 'linear'),
      histogram('d', undefined, 'exp2zero'),
    ];
    const short = mapOf('d', integer(4), { type: 'array', elements: 27 });
    const maps = [...['a_seconds', 'b_seconds', 'c'].map((name) => mapOf(name, integer(4))), short];
    const { probe, notes } = migrate({ metrics: { histograms } }, maps);
    const shapes = probe.metrics.map(({ unit, buckets }: { unit?: unknown; buckets: unknown }) => [unit, buckets]);
    expect(shapes).toEqual([
      ['us', { key: 'index', edges: 'ceil', last: 26, sum: 'after_last' }],
      ['100ns', { key: 'index', edges: 'ceil', last: 26, sum: 'after_last' }],
      [50, { key: 'index', linear: { start: -50, step: 50 }, last: 26, sum: 'after_last' }],
      [undefined, { key: 'index', edges: 'ceil', zero: true, last: 26, sum: 'none' }],
    ]);
    expect(notes).toEqual(['d has no sum: its array ends with the last bucket']);
  });

  it('count records of a perf buffer', () => {
    const file = {
      metrics: {
        counters: [
          { name: 'oom', help: 'Kills.', perf_event_array: true, labels: labels(['cgroup', 8, 'uint', 'cgroup']) },
        ],
      },
    };
    const { probe } = migrate(file, []);
    expect(probe.events).toEqual({ oom_records: { buffer: 'oom', type: 'struct { u64 cgroup; }' } });
    expect(probe.metrics[0]).toMatchObject({ name: 'oom_total', type: 'counter', events: 'oom_records' });
  });
});

it('sections that only ebpf_exporter reads become hooks, and its own functions are skipped', () => {
  const sections = [
    'xdp/lo',
    'perf_event/type=1,config=0,frequency=9',
    'uprobe//proc/self/exe:post_attach_mark',
    'uprobe//proc/self/exe:main.main',
    'tp_btf/sys_enter',
  ];
  const { probe, notes } = migrate(counter([]), [], sections);
  expect(probe.programs.attach).toEqual({
    p0: { type: 'xdp', interfaces: ['lo'] },
    p1: { event: 'cpu-clock', frequency: 9 },
    p3: { skip: true },
  });
  expect(notes).toEqual([expect.stringMatching(/^program "p3" is skipped/)]);
});

it('a file with spans alone has no probe', () => {
  const { probe, notes } = migrate({ tracing: { spans: [{ ringbuf: 'x' }] } }, []);
  expect(probe).toBeUndefined();
  expect(notes).toEqual(['its spans are left out: SantaBPF makes metrics, not traces']);
});

it.each([
  ['cachestat-pre-kernel-5.16', 'cachestat-pre-kernel-5_16'],
  ['5x', 'probe_5x'],
])('the probe of %s is %s', (stem, name) => expect(probeNameFor(stem)).toBe(name));
