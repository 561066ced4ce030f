import { afterAll, describe, expect, it } from 'vitest';
import type { LabelSpec, MetricSpec, ProbeSpec } from '../../src/config/probe_schema.js';
import { bindProbe } from '../../src/decode/bind.js';
import type { MapDescription, MetricBinding } from '../../src/decode/binding.js';
import { describeMap } from '../../src/decode/map_description.js';
import { Faults, type SantaError } from '../../src/errors/fault.js';
import { fixture, fixtureMaps } from './fixture_types.js';
import { FakeContext } from './probe_context.js';

const context = new FakeContext();
afterAll(() => context.remove());

type Metric = Partial<Omit<MetricSpec, 'labels'>> & { labels?: Record<string, LabelSpec> };

function metric(settings: Metric): MetricSpec {
  return { name: 'm', type: 'counter', help: 'Help.', map: 'events', labels: {}, limit: 100, ...settings };
}

function bind(metrics: readonly Metric[], maps: ReadonlyMap<string, MapDescription> = fixtureMaps()): MetricBinding[] {
  const spec: ProbeSpec = { probe: 'p', summary: 'S.', constants: {}, maps: {}, metrics: metrics.map(metric) };
  return bindProbe(spec, maps, context, (path) => ({ file: path.join('.'), line: 1, column: 1 }));
}

function faultsOf(metrics: readonly Metric[], maps?: ReadonlyMap<string, MapDescription>): readonly SantaError[] {
  try {
    bind(metrics, maps);
  } catch (error) {
    if (error instanceof Faults) return error.faults;
    throw error;
  }
  return [];
}

const key = (field?: string): LabelSpec => ({ from: 'key', ...(field !== undefined && { field }) });

describe('bindProbe', () => {
  it('binds a counter to a field of the value, with its overflow companion', () => {
    const [binding] = bind([{ value: 'count' }]);
    expect(binding).toMatchObject({
      map: 'events',
      value: { kind: 'number', field: { offset: 0, size: 8, signed: false } },
      other: {
        map: 'events_other',
        value: { kind: 'number', field: { offset: 0, size: 8, signed: false } },
        lost: { offset: 272, size: 8, signed: false },
      },
    });
  });

  it('binds a histogram to a struct of sum and buckets', () => {
    const field = { sum: { offset: 8, size: 8, signed: false }, buckets: { offset: 16, count: 27, size: 8 } };
    const [binding] = bind([{ type: 'histogram', value: 'latency' }]);
    expect(binding!.value).toEqual({ kind: 'histogram', field });
    expect(binding!.other!.value).toEqual({ kind: 'histogram', field });
  });

  it('binds a histogram to an array alone', () => {
    const [binding] = bind([{ type: 'histogram', value: 'small' }]);
    expect(binding!.value).toEqual({ kind: 'histogram', field: { buckets: { offset: 232, count: 4, size: 4 } } });
  });

  it('binds a histogram whose buckets are entries', () => {
    const [binding] = bind([
      {
        type: 'histogram',
        map: 'slots',
        buckets: { kind: 'exp2', key: { field: 'slot' } },
        labels: { device: key('dev') },
      },
      {
        type: 'histogram',
        map: 'events',
        buckets: { kind: 'exp2', key: { field: 'pid', count: 'count', sum: 'latency.sum' } },
      },
    ]);
    expect(binding!.value).toEqual({
      kind: 'slot',
      slot: { offset: 4, size: 4, signed: false },
      count: { offset: 0, size: 8, signed: false },
    });
  });

  it('knows of an overflow companion only that bucket entries were lost, not which', () => {
    const buckets = { kind: 'exp2', key: { field: 'pid', count: 'count', sum: 'latency.sum' } } as const;
    const [binding] = bind([{ type: 'histogram', buckets }]);
    expect(binding!.other!.value).toEqual({
      kind: 'count',
      count: { offset: 0, size: 8, signed: false },
      sum: { offset: 8, size: 8, signed: false },
    });
  });

  it('binds plain integers and global variables', () => {
    const [plain, global, histogram] = bind([
      { map: 'counts', labels: { cpu: key() } },
      { map: '.bss', value: 'total' },
      { map: '.bss', value: 'global_hist', type: 'histogram' },
    ]);
    expect(plain!.value).toEqual({ kind: 'number', field: { offset: 0, size: 8, signed: false } });
    expect(plain!.labels.decode(Uint8Array.from([3, 0, 0, 0]))).toEqual(['3']);
    expect(global!.value).toEqual({ kind: 'number', field: { offset: 8, size: 8, signed: false } });
    expect(histogram!.value).toMatchObject({ field: { sum: { offset: 40 }, buckets: { offset: 48, count: 27 } } });
    expect(plain!.other).toBeUndefined();
  });

  it('decodes labels in the order of the file', () => {
    const [binding] = bind([
      {
        value: 'count',
        labels: {
          command: key('comm'),
          host: { constant: 'n1' },
          operation: key('op'),
          inner: key('deep[1].inner'),
          bits: key('second'),
          port: { from: 'key', field: 'dport', decode: [{ kind: 'port' }] },
          address: { from: 'key', field: 'address', decode: [{ kind: 'inet' }] },
        },
      },
    ]);
    const { labels } = binding!;
    const bytes = new Uint8Array(88);
    bytes.set(Buffer.from('bash'), 4);
    bytes[20] = 7;
    bytes.set([1, 0xbb], 32);
    bytes[51] = 1;
    bytes.set([0xfe, 0xff, 0xff, 0xff], 60);
    bytes[64] = 0b11110_000;
    expect(labels.names).toEqual(['command', 'host', 'operation', 'inner', 'bits', 'port', 'address']);
    expect(labels.decode(bytes)).toEqual(['bash', 'n1', 'FLUSH', '-2', '-2', '443', '::1']);
    expect(labels.overflow).toEqual(['other', 'n1', 'other', 'other', 'other', 'other', 'other']);
    expect(labels.usesValue).toBe(false);
    expect(labels.prepare()).toBeUndefined();
  });

  it('decodes labels of the value where there is one', () => {
    const labels = { sum: { from: 'value', field: 'latency.sum' } } as const;
    const [binding] = bind([{ map: 'ordinary_events', value: 'count', labels }]);
    const value = new Uint8Array(272);
    value[8] = 9;
    expect(binding!.labels.usesValue).toBe(true);
    expect(binding!.labels.decode(new Uint8Array(88), value)).toEqual(['9']);
  });

  it('drops rows by regex', () => {
    const decode = [{ kind: 'regex', action: 'drop', pattern: '^k', replace: '' }] as const;
    const [binding] = bind([{ value: 'count', labels: { command: { from: 'key', field: 'comm', decode } } }]);
    const bytes = new Uint8Array(88);
    bytes.set(Buffer.from('kworker'), 4);
    expect(binding!.labels.decode(bytes)).toBeUndefined();
  });

  it('waits for tables that are too large to load while decoding', async () => {
    const labels = { function: { from: 'key', field: 'where', decode: [{ kind: 'ksym' }] } } as const;
    const [binding] = bind([{ value: 'count', labels }]);
    expect(binding!.labels.prepare()).toBeUndefined();
    binding!.labels.announce!(new Uint8Array(88));
    const pending = binding!.labels.prepare();
    expect(pending).toBeInstanceOf(Promise);
    await pending;
  });

  it('decodes a row in microseconds', () => {
    const labels = { command: key('comm'), operation: key('op'), pid: key('pid') };
    const [binding] = bind([{ value: 'count', labels }]);
    const bytes = new Uint8Array(88);
    bytes.set(Buffer.from('prometheus'), 4);
    const rounds = 100_000;
    const started = performance.now();
    for (let i = 0; i < rounds; i++) {
      bytes[0] = i;
      binding!.labels.decode(bytes);
    }
    // A hundred times what it takes: this fails when somebody makes it quadratic, not when the machine is busy.
    expect(((performance.now() - started) * 1000) / rounds).toBeLessThan(50);
  });
});

describe('faults', () => {
  it.each<[string, Metric, string, string, RegExp]>([
    ['an unknown map', { map: 'evens' }, 'MAP_UNKNOWN', 'metrics.0.map', /"evens"; the object has events, /],
    ['a ring buffer', { map: 'records' }, 'MAP_NOT_READABLE', 'metrics.0.map', /"records", which is of type ringbuf/],
    [
      'an array with a wide key',
      { map: 'wide_array' },
      'MAP_KEY_UNSUITABLE',
      'metrics.0.map',
      /received "an 8-byte integer/,
    ],
    ['a map without types', { map: 'untyped' }, 'MAP_UNTYPED', 'metrics.0.map', /the value of map "untyped"/],
    [
      'an unknown value',
      { value: 'cuont' },
      'FIELD_UNKNOWN',
      'metrics.0.value',
      /did you mean "count"\?\); it has count \(__u64\), latency \(struct hist\)/,
    ],
    [
      'a struct as a number',
      {},
      'FIELD_UNSUITABLE',
      'metrics.0.map',
      /Expected an integer for the value of counter "m" .* with count \(__u64\)/,
    ],
    ['a histogram as a counter', { value: 'latency' }, 'FIELD_UNSUITABLE', 'metrics.0.value', /or `type: histogram`/],
    [
      'a number as a histogram',
      { type: 'histogram', value: 'count' },
      'FIELD_UNSUITABLE',
      'metrics.0.value',
      /Expected a struct with an array "buckets"/,
    ],
    [
      '16 bytes as a number',
      { value: 'wide' },
      'FIELD_UNSUITABLE',
      'metrics.0.value',
      /received field "wide" .*, a 16-byte integer \(__int128\)/,
    ],
    [
      'a floating-point number',
      { map: '.bss', value: 'keep_float' },
      'FIELD_UNSUITABLE',
      'metrics.0.value',
      /a floating-point number \(float\)/,
    ],
    ['an unknown variable', { map: '.bss', value: 'totl' }, 'FIELD_UNKNOWN', 'metrics.0.value', /did you mean "total"/],
    [
      'an unknown label field',
      { value: 'count', labels: { a: key('x') } },
      'FIELD_UNKNOWN',
      'metrics.0.labels.a.field',
      /the key of map "events"/,
    ],
    [
      'a label of a whole struct',
      { value: 'count', labels: { a: key() } },
      'DECODER_UNSUITABLE',
      'metrics.0.labels.a.field',
      /decoder "default" of label "a"/,
    ],
    [
      'an unsuitable decoder',
      { value: 'count', labels: { a: { from: 'key', field: 'comm', decode: [{ kind: 'user' }] } } },
      'DECODER_UNSUITABLE',
      'metrics.0.labels.a.decode.0',
      /decoder "user" of label "a"/,
    ],
    [
      'a label of a per-CPU value',
      { value: 'count', labels: { a: { from: 'value', field: 'count' } } },
      'FIELD_UNSUITABLE',
      'metrics.0.labels.a.from',
      /differs from CPU to CPU/,
    ],
    [
      'a companion of another shape',
      { map: 'mismatched', type: 'histogram' },
      'OVERFLOW_UNSUITABLE',
      'metrics.0.map',
      /"value" \(__u64\) is not laid out like the map's \(struct hist\)/,
    ],
    [
      'an unknown bucket field',
      { map: 'slots', type: 'histogram', buckets: { kind: 'exp2', key: { field: 'slt' } } },
      'FIELD_UNKNOWN',
      'metrics.0.buckets.key',
      /did you mean "slot"/,
    ],
    [
      'a bucket field that is text',
      { type: 'histogram', buckets: { kind: 'exp2', key: { field: 'comm', count: 'count' } } },
      'FIELD_UNSUITABLE',
      'metrics.0.buckets.key',
      /the bucket of histogram "m"/,
    ],
    [
      'an unknown count of a bucket',
      { type: 'histogram', buckets: { kind: 'exp2', key: { field: 'pid', count: 'x' } } },
      'FIELD_UNKNOWN',
      'metrics.0.buckets.count',
      /the value of map "events"/,
    ],
  ])('tells of %s', (_, settings, code, file, message) => {
    const faults = faultsOf([settings]);
    expect(faults.map((fault) => [fault.code, fault.location?.file])).toEqual([[code, file]]);
    expect(faults[0]!.message).toMatch(message);
  });

  it('come all at once', () => {
    const faults = faultsOf([
      { value: 'nope', labels: { a: key('x'), b: key('y'), c: key('pid') } },
      { map: 'nope' },
      { value: 'count' },
    ]);
    expect(faults.map(({ location }) => location!.file)).toEqual([
      'metrics.0.value',
      'metrics.0.labels.a.field',
      'metrics.0.labels.b.field',
      'metrics.1.map',
    ]);
  });
});

describe('describeMap', () => {
  const definition = { name: 'm', type: 'hash', keySize: 4, valueSize: 8, keyTypeId: 0, valueTypeId: 0 };
  it('tells when sizes and types disagree', () => {
    const valueTypeId = fixture.find('struct', 'hist')!;
    expect(() => describeMap(fixture, { ...definition, valueTypeId })).toThrow(
      'Expected a value of 8 bytes for map "m" but its BTF type "struct hist" has 224',
    );
  });

  it('needs no type for the index of an array, and no BTF for a map without types', () => {
    expect(describeMap(fixture, { ...definition, type: 'percpu_array' }).key).toMatchObject({
      kind: 'integer',
      size: 4,
    });
    expect(describeMap(undefined, definition)).toEqual({ name: 'm', type: 'hash', keySize: 4, valueSize: 8 });
  });

  it('lets the map of a section be larger than its variables', () => {
    const valueTypeId = fixture.find('section', '.bss')!;
    const bss = describeMap(fixture, { ...definition, name: '.bss', type: 'array', valueSize: 4096, valueTypeId });
    expect(bss.value?.size).toBe(264);
  });
});
