import { describe, expect, it } from 'vitest';
import type { BucketsSpec } from '../../src/config/bucket_schema.js';
import type { Field, Layout } from '../../src/decode/layout.js';
import type { MapDescription } from '../../src/decode/map_description.js';
import { metricValue } from '../../src/decode/metric_value.js';
import { load, mainOfOne, probeOf } from '../config/configuration_folder.js';
import { type BindingOptions, bindingOf } from '../harness/metric_binding.js';
import { array, u32, u64 } from './field_layouts.js';

function struct(type: string, ...members: readonly (readonly [name: string, layout: Layout])[]): Layout {
  let size = 0;
  const fields = members.map(([name, layout]): Field => {
    const field = { name, layout, offset: size };
    size += layout.size;
    return field;
  });
  return { kind: 'struct', type, size, fields };
}

const own = (kind: 'time' | 'size') => struct(`struct ${kind}_histogram`, ['sum', u64], ['buckets', array(u64, 37)]);
const bcc = struct('struct hist', ['slots', array(u32, 27)], ['total', u64]);
const slotKey = struct('struct key', ['dev', u32], ['bucket', u64]);

function read(value: Layout, options: BindingOptions = {}, key: Layout = u32, elements?: number) {
  const shape = { name: 'm', type: elements ? 'array' : 'hash', keySize: key.size, valueSize: value.size };
  const map: MapDescription = { ...shape, key, value, ...(elements && { elements }) };
  const { spec } = bindingOf({ name: 'waits', type: 'histogram', ...options });
  return metricValue(spec, map, (path) => ({ file: path.join('.'), line: 1, column: 1 }));
}

function refusalOf(...of: Parameters<typeof read>): { message: string; remedy: string; file: string | undefined } {
  try {
    read(...of);
  } catch (error) {
    const { code, message, remedy, location } = error as never as Record<'code' | 'message' | 'remedy', string> & {
      location?: { file: string };
    };
    expect(code).toBe('HISTOGRAM_SHAPE_UNKNOWN');
    return { message, remedy, file: location?.file };
  }
  throw new Error('accepted');
}

describe('a histogram whose probe file says nothing about its slots', () => {
  it.each<[string, Layout, BindingOptions]>([
    ['struct time_histogram with a unit of time', own('time'), { unit: 'ns' }],
    ['struct size_histogram', own('size'), {}],
    ['struct size_histogram of bytes', own('size'), { unit: 'bytes', buckets: { kind: 'exp2', min: 16 } }],
    ['a small array without a unit', array(u32, 8), {}],
  ])('is accepted if it is %s', (_, layout, options) => {
    expect(read(layout, options).kind).toBe('histogram');
  });

  it.each<[string, Layout, BindingOptions, Layout]>([
    ['an array', array(u64, 27), {}, u32],
    ['a small array with a unit', array(u64, 8), { unit: 'us' }, u32],
    ['the slots of bcc', bcc, { value: 'slots', unit: 'us' }, u32],
    ['a struct of another name', struct('struct h', ['sum', u64], ['buckets', array(u64, 37)]), { unit: 'ns' }, u32],
    ['the array inside struct time_histogram', own('time'), { value: 'buckets', unit: 'ns' }, u32],
    ['an array of which only bounds are chosen', array(u64, 27), { buckets: { kind: 'exp2', min: 2, max: 64 } }, u32],
    ['an entry per slot', u64, { buckets: { kind: 'exp2', key: { field: 'bucket' } } }, slotKey],
    ['an entry per slot, whose key is the slot', u64, { buckets: { kind: 'exp2', key: { field: 'index' } } }, u32],
    [
      'entries with the sum after the last',
      u64,
      { buckets: { kind: 'exp2', last: 9, sum: 'after_last', key: { field: 'bucket' } } },
      slotKey,
    ],
    [
      'entries with a path that needs quotes',
      struct('struct v', ['counts', array(u64, 2)]),
      { buckets: { kind: 'exp2', key: { field: 'bucket', count: 'counts[1]' } } },
      slotKey,
    ],
  ])('is refused if it is %s, with a setting that is accepted', (_, layout, options, key) => {
    const { message, remedy } = refusalOf(layout, options, key);
    expect(message).toMatch(/^Nothing says what the slots of histogram "waits" count: /);
    const [, proposed] = /"buckets: (\{ .* \})"/.exec(remedy)!;
    const { unit } = options;
    const name = unit === undefined ? 'waits' : 'waits_seconds';
    const probe = probeOf({ name, type: 'histogram', unit, buckets: proposed });
    const { probes } = load({ 'main.yaml': mainOfOne, 'probes/p.yaml': probe });
    const buckets: BucketsSpec = probes[0]!.spec.metrics[0]!.buckets!;
    expect(() => read(layout, { ...options, buckets }, key)).not.toThrow();
    expect(buckets).toMatchObject(options.buckets ?? {});
  });

  it('is refused at the setting that should say it', () => {
    expect(refusalOf(bcc, { value: 'slots' })).toEqual({
      message:
        'Nothing says what the slots of histogram "waits" count: field "slots" of the value of map "m" is an array (int[27])',
      remedy:
        'If slot i counts from 2^i to below 2^(i+1), as in bcc and libbpf-tools, add "buckets: { edges: floor }". docs/histograms.md has the settings for other shapes.',
      file: 'value',
    });
    expect(refusalOf(array(u64, 20)).file).toBe('map');
    expect(refusalOf(array(u64, 20), { buckets: { kind: 'exp2', max: 9 } }).file).toBe('buckets');
  });

  it('is refused if it is struct time_histogram without a unit of time', () => {
    for (const unit of [{}, { unit: 'bytes' }]) {
      const { message, remedy } = refusalOf(own('time'), unit);
      expect(message).toMatch(/struct time_histogram, but the metric has no unit of time$/);
      expect(remedy).toMatch(/`unit: ns`/);
    }
  });
});

describe('the sum of a histogram', () => {
  const floor = (settings: Partial<BucketsSpec> = {}) => ({ kind: 'exp2', edges: 'floor', ...settings }) as BucketsSpec;

  it('is next to the array, next to `buckets`, or not wanted', () => {
    const nested = struct('struct v', ['id', u64], ['hist', bcc]);
    expect(read(nested, { value: 'hist.slots', buckets: floor({ sum: 'total' }) })).toMatchObject({
      field: { sum: { offset: 116, size: 8 }, buckets: { offset: 8, count: 27, size: 4 } },
    });
    expect(read(bcc, { value: 'slots', buckets: floor({ sum: 'total' }) })).toMatchObject({
      field: { sum: { offset: 108 } },
    });
    const renamed = struct('struct h', ['total', u64], ['buckets', array(u64, 9)]);
    expect(read(renamed, { buckets: floor({ sum: 'total' }) })).toMatchObject({ field: { sum: { offset: 0 } } });
    const many = array(struct('struct h', ['buckets', array(u64, 9)], ['total', u64]), 3);
    expect(read(struct('struct v', ['h', many]), { value: 'h[1]', buckets: floor({ sum: 'total' }) })).toMatchObject({
      field: { sum: { offset: 152 } },
    });
    expect(read(own('size'), { buckets: { kind: 'exp2', sum: 'none' } })).toEqual({
      kind: 'histogram',
      field: { buckets: { offset: 8, count: 37, size: 8 } },
    });
  });

  it('is the last slot of an array, or the slot after the last', () => {
    expect(read(array(u64, 28), { buckets: floor({ sum: 'after_last' }) })).toEqual({
      kind: 'histogram',
      field: { sum: { offset: 216, size: 8, signed: false }, buckets: { offset: 0, count: 27, size: 8 } },
    });
    expect(read(array(u32, 28), { buckets: floor({ sum: 'after_last', last: 9 }) })).toEqual({
      kind: 'histogram',
      field: { sum: { offset: 40, size: 4, signed: false }, buckets: { offset: 0, count: 10, size: 4 } },
    });
  });

  it('is the entry after the last slot', () => {
    const buckets = floor({ last: 27, sum: 'after_last', key: { field: 'bucket' } });
    expect(read(u64, { buckets }, slotKey)).toEqual({
      kind: 'slot',
      slot: { offset: 4, size: 8, signed: false },
      count: { offset: 0, size: 8, signed: false },
      sumSlot: 28,
    });
  });

  it.each<[string, Partial<BucketsSpec>, number]>([
    ['last', { last: 28 }, 28],
    ['sum', { last: 27, sum: 'after_last' }, 28],
  ])('and its entry must be in the array whose index is the slot: %s', (setting, settings, index) => {
    const buckets = floor({ ...settings, key: { field: 'index' } });
    const message = `Index ${index} in "buckets.${setting}" is out of range: map "m" has 28 elements, counted from 0`;
    const location = expect.objectContaining({ file: `buckets.${setting}` });
    const fault = expect.objectContaining({ code: 'FIELD_INDEX_INVALID', message, location });
    expect(() => read(u64, { buckets }, u32, 28)).toThrow(fault);
    expect(() => read(u64, { buckets }, u32, 29)).not.toThrow();
    // Of a hash, or of an array whose size the object does not say, the entry may come.
    expect(() => read(u64, { buckets }, u32)).not.toThrow();
  });

  it.each<[string, Partial<BucketsSpec>]>([
    ['last', { last: 27 }],
    ['sum', { last: 26, sum: 'after_last' }],
    ['bounds', { kind: 'bounds', bounds: Array.from({ length: 28 }, (_, index) => index) }],
  ])('and the slots must be inside the array: %s', (setting, buckets) => {
    const message = `Index 27 in "buckets.${setting}" is out of range: int[27] has 27 elements, counted from 0`;
    const location = expect.objectContaining({ file: `buckets.${setting}` });
    const fault = expect.objectContaining({ code: 'FIELD_INDEX_INVALID', message, location });
    expect(() => read(bcc, { value: 'slots', buckets: floor(buckets) })).toThrow(fault);
  });
});

describe('the slot in the key', () => {
  const buckets = (field: string) => ({ kind: 'exp2', edges: 'floor', key: { field } }) as const;

  it('is a field, or with `index` the whole key', () => {
    expect(read(u64, { buckets: buckets('index') })).toMatchObject({ slot: { offset: 0, size: 4 } });
    expect(read(u64, { buckets: buckets('bucket') }, slotKey)).toMatchObject({ slot: { offset: 4, size: 8 } });
    const indexed = struct('struct key', ['dev', u32], ['index', u32]);
    expect(read(u64, { buckets: buckets('index') }, indexed)).toMatchObject({ slot: { offset: 4, size: 4 } });
  });
});
