import { describe, expect, it } from 'vitest';
import type { BucketsSpec } from '../../src/config/bucket_schema.js';
import { histogramField } from '../../src/decode/histogram_field.js';
import type { Field, Layout } from '../../src/decode/layout.js';
import { bindingOf } from '../harness/metric_binding.js';
import { array, be32, integer, operations, s32, u8, u16, u32, u64 } from './field_layouts.js';

const location = { file: 'value', line: 2, column: 5 };

function fieldOf(layout: Layout, offset = 0, settings: Partial<BucketsSpec> = {}) {
  const fields: Field[] = [{ name: 'v', layout, offset }];
  const value: Layout = { kind: 'struct', type: 'struct value', size: offset + layout.size, fields };
  const buckets = { kind: 'exp2', edges: 'ceil', ...settings } as BucketsSpec;
  const spec = bindingOf({ name: 'm', value: 'v', type: 'histogram', buckets }).spec;
  return histogramField(spec, { title: 'the value', layout: value }, (path) => ({ ...location, file: path.join('.') }));
}

function struct(...fields: Field[]): Layout {
  return { kind: 'struct', type: 'struct s', size: 64, fields };
}

describe('histogramField', () => {
  it.each<[string, number, 4 | 8, Layout]>([
    ['2 buckets', 2, 8, array(u64, 2)],
    ['4096 buckets', 4096, 4, array(u32, 4096)],
  ])('accepts %s', (_, count, size, layout) => {
    expect(fieldOf(layout, 24)).toEqual({ buckets: { offset: 24, count, size } });
  });

  it('finds buckets and sum inside a struct', () => {
    const layout = struct(
      { name: 'buckets', layout: array(u32, 3), offset: 8 },
      { name: 'sum', layout: integer(8, true), offset: 32 },
    );
    expect(fieldOf(layout, 16)).toEqual({
      buckets: { offset: 24, count: 3, size: 4 },
      sum: { offset: 48, size: 8, signed: true },
    });
  });

  it('has no sum when the only field of that name is a bitfield', () => {
    const layout = struct(
      { name: 'buckets', layout: array(u32, 3), offset: 8 },
      { name: 'sum', layout: u64, offset: 0, bits: { start: 0, size: 40 } },
    );
    expect(fieldOf(layout)).toEqual({ buckets: { offset: 8, count: 3, size: 4 } });
  });

  it('refuses a sum that is not an integer', () => {
    const layout = struct(
      { name: 'buckets', layout: array(u32, 3), offset: 8 },
      { name: 'sum', layout: array(u64, 2), offset: 24 },
    );
    const message =
      'The sum of histogram "m" must be an integer of at most 8 bytes: "sum" of field "v" of the value is an array (int[2])';
    expect(() => fieldOf(layout)).toThrow(expect.objectContaining({ code: 'FIELD_UNSUITABLE', message, location }));
  });

  it.each<[string, Layout]>([
    ['1 bucket', array(u64, 1)],
    ['4097 buckets', array(u32, 4097)],
    ['buckets of 1 byte', array(u8, 8)],
    ['buckets of 2 bytes', array(u16, 8)],
    ['signed buckets', array(s32, 8)],
    ['buckets in network byte order', array(be32, 8)],
    ['buckets that are enums', array(operations, 8)],
    ['an integer', u64],
    ['a struct without buckets', struct({ name: 'count', layout: u64, offset: 0 })],
    ['buckets that are no array', struct({ name: 'buckets', layout: u64, offset: 0 })],
    ['a union', { ...struct({ name: 'buckets', layout: array(u64, 4), offset: 0 }), kind: 'union' } as Layout],
  ])('refuses %s', (_, layout) => {
    expect(() => fieldOf(layout)).toThrow(
      expect.objectContaining({
        code: 'FIELD_UNSUITABLE',
        message: expect.stringMatching(/^The value of histogram "m" must be an array of 2 to 4096 __u64 or __u32, or/),
        location,
      }),
    );
  });
});
