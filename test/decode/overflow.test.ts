import { describe, expect, it } from 'vitest';
import type { MetricSpec } from '../../src/config/probe_schema.js';
import type { Field, Layout } from '../../src/decode/layout.js';
import type { MapDescription } from '../../src/decode/map_description.js';
import { metricValue } from '../../src/decode/metric_value.js';
import { overflowBinding } from '../../src/decode/overflow.js';
import { array, s32, u32, u64 } from './field_layouts.js';

const location = { file: 'probe.yaml', line: 7, column: 3 };

function struct(...fields: readonly (readonly [name: string, layout: Layout, offset: number])[]): Layout {
  const size = Math.max(0, ...fields.map(([, layout, offset]) => offset + layout.size));
  return {
    kind: 'struct',
    type: 'struct s',
    size,
    fields: fields.map(([name, layout, offset]): Field => ({ name, layout, offset })),
  };
}

function mapOf(name: string, type: string, value: Layout | undefined, key: Layout = u32): MapDescription {
  return { name, type, keySize: key.size, valueSize: value?.size ?? 8, key, ...(value && { value }) };
}

function bind(value: Layout, companion: MapDescription, settings: Partial<MetricSpec> = {}) {
  const spec: MetricSpec = {
    name: 'm',
    type: 'counter',
    help: 'Help.',
    map: 'calls',
    labels: {},
    limit: 100,
    ...settings,
  };
  const map = mapOf('calls', 'percpu_hash', value, struct(['slot', u32, 0]));
  const of = metricValue(spec, map, () => undefined);
  return overflowBinding(spec, map, of, companion, (path) => (path.join() === 'map' ? location : undefined));
}

describe('overflowBinding', () => {
  const companionOf = (value: Layout) =>
    mapOf('calls_other', 'percpu_array', struct(['lost', u64, 0], ['value', value, 16]));
  const lost = { offset: 0, size: 8, signed: false };

  it('moves a number to the companion value', () => {
    expect(bind(s32, companionOf(s32))).toEqual({
      map: 'calls_other',
      value: { kind: 'number', field: { offset: 16, size: 4, signed: true } },
      lost,
    });
  });

  it('moves the buckets and the sum of a histogram', () => {
    const histogram = struct(['sum', u64, 0], ['buckets', array(u32, 5), 8]);
    expect(bind(histogram, companionOf(histogram), { type: 'histogram' }).value).toEqual({
      kind: 'histogram',
      field: { sum: { offset: 16, size: 8, signed: false }, buckets: { offset: 24, count: 5, size: 4 } },
    });
    expect(bind(array(u64, 3), companionOf(array(u64, 3)), { type: 'histogram' }).value).toEqual({
      kind: 'histogram',
      field: { buckets: { offset: 16, count: 3, size: 8 } },
    });
  });

  it('keeps the count and the sum of entries that are buckets', () => {
    const bucket = struct(['count', u64, 0], ['sum', u64, 8]);
    const buckets = (sum?: string): Partial<MetricSpec> => ({
      type: 'histogram',
      buckets: {
        kind: 'exp2',
        edges: 'ceil',
        ...(sum !== undefined && { sum }),
        key: { field: 'slot', count: 'count' },
      },
    });
    const count = { offset: 16, size: 8, signed: false };
    expect(bind(bucket, companionOf(bucket), buckets('sum')).value).toEqual({
      kind: 'count',
      count,
      sum: { offset: 24, size: 8, signed: false },
    });
    expect(bind(bucket, companionOf(bucket), buckets()).value).toEqual({ kind: 'count', count });
  });

  const bitfield: Layout = {
    kind: 'struct',
    type: 'struct s',
    size: 16,
    fields: [
      { name: 'value', layout: u64, offset: 0 },
      { name: 'lost', layout: u64, offset: 8, bits: { start: 64, size: 3 } },
    ],
  };
  it.each<[string, string, Layout | undefined, string]>([
    [
      'is not an array',
      'percpu_hash',
      struct(['value', u64, 0], ['lost', u64, 8]),
      'it is of type percpu_hash instead of percpu_array',
    ],
    ['has no types', 'percpu_array', undefined, 'its value is not a struct'],
    ['holds a plain integer', 'percpu_array', u64, 'its value is not a struct'],
    ['has no value', 'percpu_array', struct(['lost', u64, 0]), 'it has no field "value"'],
    ['has no count', 'percpu_array', struct(['value', u64, 0]), 'it has no integer field "lost"'],
    [
      'counts in an array',
      'percpu_array',
      struct(['value', u64, 0], ['lost', array(u64, 1), 8]),
      'it has no integer field "lost"',
    ],
    ['counts in a bitfield', 'percpu_array', bitfield, 'it has no integer field "lost"'],
    [
      'holds values of another size',
      'array',
      struct(['value', u32, 0], ['lost', u64, 8]),
      'its "value" (int) is not laid out like the value of "calls" (int)',
    ],
    [
      'holds values that the metric cannot read',
      'percpu_array',
      struct(['value', array(u64, 2), 0], ['lost', u64, 16]),
      'its "value" (int[2]) is not laid out like the value of "calls" (int)',
    ],
  ])('refuses a companion that %s', (_, type, value, reason) => {
    const message = `Map "calls_other" cannot be the overflow companion of map "calls": ${reason}`;
    expect(() => bind(u64, mapOf('calls_other', type, value))).toThrow(
      expect.objectContaining({ code: 'OVERFLOW_UNSUITABLE', message, location }),
    );
  });

  it('does not hide an error of the program', () => {
    const broken = {
      type: 'int',
      size: 8,
      get kind(): never {
        throw new TypeError('broken');
      },
    };
    expect(() => bind(u64, companionOf(broken as unknown as Layout))).toThrow(new TypeError('broken'));
  });
});
