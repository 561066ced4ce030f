import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BucketsSpec } from '../../src/config/bucket_schema.js';
import { unreadableReason } from '../../src/config/file_text.js';
import { loadConfiguration } from '../../src/config/load.js';
import { load, mainOfOne, objectFolder, probeOf, withFolder } from './configuration_folder.js';

const whole = `probe: p
summary: A probe.
object: other.bpf.o
programs:
  alternatives: [[a, a_before_5_11], [b]]
  optional: [c]
  perf_events: [{ program: sample, event: cpu-clock, frequency: 99 }]
  iterators: [{ program: list, fills: [n] }, { program: sum }]
constants: { min_ns: 1000, mask: 18446744073709551615, low: -9223372036854775808, hex: 0xff, on: true, name: bash }
maps: { m: { max_entries: 4096 }, n: {} }
metrics:
  - name: wait_seconds
    type: histogram
    help: >
      Time waited.
    map: m
    value: hist
    unit: ns
    buckets: { min: 1us, max: 16s }
    labels:
      constructor: { constant: c }
      device: { field: 'a.b[0]', decode: device }
      operation: { from: value, field: op, decode: { map: { 0: read, true: yes, 0x10: sixteen, toString: t }, default: other } }
      command: { field: comm, decode: [string, { regex: { capture: '^([^/]+)' } }, { regex: { drop: '^k' } }] }
      plain: {}
    limit: 20
    expire: 1h30m
  - { name: sizes, type: histogram, help: Sizes., map: .bss, value: s, buckets: { key: slot, sum: total, linear: { start: 0, step: 10 }, last: 20 } }
  - { name: now_bytes, type: gauge, help: Bytes., map: m, unit: kib }
`;

describe('a whole configuration', () => {
  const files = {
    'main.yaml':
      'probes: [{ probe: p, constants: { min_ns: 5 }, maps: { n: { max_entries: 7 } } }, q]\nmetric_prefix: ""\nseries_limit: 99\nprobe_deadline: 500ms\nbudget: { percent_of_one_cpu: 20, action: suspend }\n',
    'probes/p.yaml': whole,
    'probes/q.yaml': probeOf({}).replace('probe: p', 'probe: q'),
  };

  test('has everything in the shape that the later stages expect', () => {
    const { metricPrefix, seriesLimit, probeDeadlineMs, budget, probes } = load(files);
    expect({ metricPrefix, seriesLimit, probeDeadlineMs, budget, names: probes.map(({ spec }) => spec.probe) }).toEqual(
      {
        metricPrefix: '',
        seriesLimit: 99,
        probeDeadlineMs: 500,
        budget: { share: 0.2, action: 'suspend' },
        names: ['p', 'q'],
      },
    );
    const expected: unknown = {
      probe: 'p',
      summary: 'A probe.',
      object: 'other.bpf.o',
      programs: {
        alternatives: [['a', 'a_before_5_11'], ['b']],
        optional: ['c'],
        attach: {},
        perfEvents: [{ program: 'sample', event: 'cpu-clock', frequency: 99 }],
        iterators: [
          { program: 'list', fills: ['n'] },
          { program: 'sum', fills: [] },
        ],
        nested: {},
      },
      events: {},
      constants: { min_ns: 5, mask: 2n ** 64n - 1n, low: -(2n ** 63n), hex: 255, on: true, name: 'bash' },
      maps: { m: { max_entries: 4096 }, n: { max_entries: 7 } },
      metrics: [
        {
          name: 'wait_seconds',
          type: 'histogram',
          help: 'Time waited.',
          map: 'm',
          value: 'hist',
          unit: 'ns',
          buckets: { kind: 'exp2', min: 1e-6, max: 16 },
          labels: {
            constructor: { constant: 'c' },
            device: { from: 'key', field: 'a.b[0]', decode: [{ kind: 'device' }] },
            operation: {
              from: 'value',
              field: 'op',
              decode: [
                { kind: 'map', values: { 0: 'read', true: 'yes', 16: 'sixteen', toString: 't' }, default: 'other' },
              ],
            },
            command: {
              from: 'key',
              field: 'comm',
              decode: [
                { kind: 'string' },
                { kind: 'regex', action: 'capture', pattern: '^([^/]+)', replace: '$1' },
                { kind: 'regex', action: 'drop', pattern: '^k', replace: '' },
              ],
            },
            plain: { from: 'key' },
          },
          limit: 20,
          expireMs: 5_400_000,
        },
        {
          name: 'sizes',
          type: 'histogram',
          help: 'Sizes.',
          map: '.bss',
          value: 's',
          buckets: { kind: 'linear', start: 0, step: 10, last: 20, sum: 'total', key: { field: 'slot' } },
          labels: {},
          limit: 99,
        },
        { name: 'now_bytes', type: 'gauge', help: 'Bytes.', map: 'm', unit: 'kib', labels: {}, limit: 99 },
      ],
    };
    expect(probes[0]!.spec).toEqual(expected);
  });

  test('is frozen to its depth', () => {
    const configuration = load(files);
    const open: unknown[] = [];
    const visit = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) open.push(value);
      Object.values(value).forEach(visit);
    };
    visit(configuration);
    expect(open).toEqual([]);
  });

  test('has no prototype where names come from users', () => {
    const { spec } = load(files).probes[1]!;
    for (const record of [spec.constants, spec.maps, spec.metrics[0]!.labels]) {
      expect((record as Record<string, unknown>).toString).toBeUndefined();
    }
    const [label] = Object.values(load(files).probes[0]!.spec.metrics[0]!.labels).flatMap((one) =>
      one.constant === undefined ? (one.decode ?? []).filter(({ kind }) => kind === 'map') : [],
    );
    expect(Object.getPrototypeOf((label as { values: object }).values)).toBeNull();
  });

  test('locates a setting in the probe file, at what encloses it, or where the main file overrides it', () => {
    const probe = load(files).probes[0]!;
    const place = (...path: (string | number)[]) => {
      const { file, line, column, excerpt = '' } = probe.locate(path)!;
      return `${file.replace(/.*\//, '')}:${line}: ${excerpt.slice(column - 1).slice(0, 12)}`;
    };
    expect(place('metrics', 0, 'value')).toBe('p.yaml:17: hist');
    expect(place('metrics', 0, 'labels', 'device', 'field')).toBe(`p.yaml:22: 'a.b[0]', de`);
    expect(place('metrics', 0, 'labels', 'device', 'decode', 0)).toBe('p.yaml:22: device }');
    expect(place('metrics', 1, 'unit')).toBe('p.yaml:28: { name: size');
    expect(place('constants', 'mask')).toBe('p.yaml:9: 184467440737');
    expect(place('constants', 'min_ns')).toBe('main.yaml:1: 5 }, maps: {');
    expect(place('maps', 'n', 'max_entries')).toBe('main.yaml:1: 7 } } }, q]');
    expect(place('nothing', 'of', 'this')).toBe('p.yaml:1: probe: p');
  });
});

test('the limit of the main file wins over that of the probe file, and that over the default', () => {
  const limit = (main: string, own?: string) =>
    load({ 'main.yaml': main, 'probes/p.yaml': probeOf({ limit: own }) }).probes[0]!.spec.metrics[0]!.limit;
  expect(limit('probes: [{ probe: p, limit: 5 }]\n', '7')).toBe(5);
  expect(limit('probes: [p]\n', '7')).toBe(7);
  expect(limit('probes: [p]\n')).toBe(10_000);
});

test('objects are searched in the folder of the probe file, then among the shipped objects; a path is used as it is', () => {
  const candidates = (object: string) =>
    withFolder({ 'main.yaml': mainOfOne, 'probes/p.yaml': `${probeOf({})}${object}` }, (folder) => {
      const [probe] = loadConfiguration(join(folder, 'main.yaml'), { objectFolder }).probes;
      return probe!.objectCandidates.map((path) => path.replace(folder, ''));
    });
  expect(candidates('')).toEqual(['/probes/p.bpf.o', '/objects/p.bpf.o']);
  expect(candidates('object: q.bpf.o\n')).toEqual(['/probes/q.bpf.o', '/objects/q.bpf.o']);
  expect(candidates('object: ../q.bpf.o\n')).toEqual(['/q.bpf.o']);
  expect(candidates('object: /lib/q.bpf.o\n')).toEqual(['/lib/q.bpf.o']);
});

test('the first folder of probe_path that has a probe wins', () => {
  const { probes } = load({
    'main.yaml': 'probes: [p]\nprobe_path: [own, probes]\n',
    'own/p.yaml': probeOf({ help: 'Mine.' }),
    'probes/p.yaml': probeOf({}),
  });
  expect(probes[0]!.spec.metrics[0]!.help).toBe('Mine.');
});

test('anchors, aliases, merge keys, a byte order mark and Windows line ends are read', () => {
  const { probes } = load({
    'main.yaml': '\uFEFFprobes: [p]\r\n',
    'probes/p.yaml': `probe: p
summary: A probe.
metrics:
  - &base { name: a_total, type: counter, help: &text A., map: m, labels: { l: { field: x } } }
  - { <<: *base, name: b_total, value: v }
  - { <<: [{ help: Own. }, *base], name: c_total }
  - { name: d_total, type: counter, help: *text, map: m }
`,
  });
  const metrics = probes[0]!.spec.metrics.map(({ name, help, map, labels }) => [name, help, map, Object.keys(labels)]);
  expect(metrics).toEqual([
    ['a_total', 'A.', 'm', ['l']],
    ['b_total', 'A.', 'm', ['l']],
    ['c_total', 'Own.', 'm', ['l']],
    ['d_total', 'A.', 'm', []],
  ]);
});

test('the shipped configuration and every shipped probe are valid', () => {
  const shipped = readdirSync('config/probes').map((file) => file.replace('.yaml', ''));
  const { probes, metricPrefix } = loadConfiguration('config/santabpf.yaml', { objectFolder: 'dist/bpf' });
  expect(metricPrefix).toBe('santabpf_');
  expect(probes.map(({ spec }) => spec.probe).sort()).toEqual(
    shipped.filter((name) => !['syscall_latency', 'off_cpu'].includes(name)).sort(),
  );
  withFolder(
    { 'main.yaml': `probes: [${shipped}]\nprobe_path: [${join(process.cwd(), 'config/probes')}]\n` },
    (folder) => loadConfiguration(join(folder, 'main.yaml'), { objectFolder }),
  );
});

test.each([
  ['EACCES', 'permission denied'],
  ['ELOOP', 'a symbolic link points back to itself'],
  ['EIO', 'EIO'],
])('%s is explained in words', (code, words) => {
  expect(unreadableReason(Object.assign(new Error('no'), { code }))).toBe(words);
});

describe('the buckets of a histogram', () => {
  test.each<[string, string | undefined, BucketsSpec]>([
    ['{ edges: floor, max: 16s }', 'us', { kind: 'exp2', edges: 'floor', max: 16 }],
    ['{ edges: ceil, zero: true, min: 2 }', undefined, { kind: 'exp2', edges: 'ceil', zero: true, min: 2 }],
    ['{ edges: floor, zero: false }', undefined, { kind: 'exp2', edges: 'floor' }],
    [
      '{ key: bucket, edges: floor, last: 27, sum: after_last }',
      'us',
      { kind: 'exp2', edges: 'floor', last: 27, sum: 'after_last', key: { field: 'bucket' } },
    ],
    [
      '{ key: index, count: n, sum: total, linear: { start: 0, step: 10us }, max: 1ms }',
      'us',
      { kind: 'linear', start: 0, step: 1e-5, max: 1e-3, sum: 'total', key: { field: 'index', count: 'n' } },
    ],
    ['{ bounds: [1ms, 10ms, 2.5], sum: none }', '10ms', { kind: 'bounds', bounds: [1e-3, 1e-2, 2.5], sum: 'none' }],
  ])('%s', (buckets, unit, expected) => {
    const name = unit === undefined ? 'things' : 'things_seconds';
    const probe = probeOf({ name, type: 'histogram', unit, buckets });
    const { probes } = load({ 'main.yaml': mainOfOne, 'probes/p.yaml': probe });
    expect(probes[0]!.spec.metrics[0]).toMatchObject({ buckets: expected, ...(unit !== undefined && { unit }) });
    expect(probes[0]!.spec.metrics[0]!.buckets).toEqual(expected);
  });
});
