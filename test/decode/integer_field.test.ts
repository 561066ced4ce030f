import { describe, expect, it } from 'vitest';
import { integerField } from '../../src/decode/integer_field.js';
import type { Layout } from '../../src/decode/layout.js';
import { array, be16, chars, operations, pointer, s32, u64 } from './field_layouts.js';

const location = { file: 'probe.yaml', line: 4, column: 9 };
const read = (layout: Layout) =>
  integerField({ title: 'the value of map "m"', layout, offset: 8 }, 64, 'the value of gauge "g"', location);

describe('integerField', () => {
  it.each<[Layout, object]>([
    [s32, { offset: 8, size: 4, signed: true }],
    [u64, { offset: 8, size: 8, signed: false }],
    [operations, { offset: 8, size: 4, signed: true }],
  ])('accepts an integer or enum: %#', (layout, field) => {
    expect(read(layout)).toEqual(field);
  });

  const named = (name: string, layout: Layout): Layout => ({
    kind: 'struct',
    type: 'struct s',
    size: 32,
    fields: [{ name, layout, offset: 0 }],
  });
  const integer = 'an integer of at most 8 bytes';
  it.each<[Layout, string]>([
    [pointer, `${integer}: the value of map "m" is a pointer`],
    [chars(8), `${integer}: the value of map "m" is an array (char[8])`],
    [be16, `an integer in the host's byte order: the value of map "m" is a 2-byte integer (__be16)`],
    [
      named('count', array(u64, 4)),
      `${integer}: the value of map "m" is a struct (struct s) with the fields count (int[4])`,
    ],
    [named('buckets', u64), `${integer}: the value of map "m" is a struct (struct s) with the fields buckets (int)`],
    [
      named('buckets', array(u64, 4)),
      `${integer} (a struct with buckets needs \`type: histogram\`): the value of map "m" is a struct (struct s) with the fields buckets (int[4])`,
    ],
  ])('refuses other fields: %#', (layout, rest) => {
    const message = `The value of gauge "g" must be ${rest}`;
    expect(() => read(layout)).toThrow(expect.objectContaining({ code: 'FIELD_UNSUITABLE', message, location }));
  });
});
