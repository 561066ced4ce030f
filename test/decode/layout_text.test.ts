import { describe, expect, it } from 'vitest';
import type { Layout } from '../../src/decode/layout.js';
import { describeField, listFields } from '../../src/decode/layout_text.js';
import { chars, flag, operations, pointer, s32, u64, wide } from './field_layouts.js';

const record = (kind: 'struct' | 'union', count: number): Layout => ({
  kind,
  type: `${kind} r`,
  size: 8 * count,
  fields: Array.from({ length: count }, (_, i) => ({ name: `f${i}`, layout: u64, offset: 8 * i })),
});

describe('the text of a layout', () => {
  it.each<[Layout, string]>([
    [s32, 'field "f" is a 4-byte integer (int)'],
    [u64, 'field "f" is an 8-byte integer (int)'],
    [flag, 'field "f" is a bool (bool)'],
    [operations, 'field "f" is an enum (enum operation)'],
    [pointer, 'field "f" is a pointer'],
    [chars(16), 'field "f" is an array (char[16])'],
    [wide, 'field "f" is a 16-byte integer (__int128)'],
    [record('struct', 2), 'field "f" is a struct (struct r) with the fields f0 (int), f1 (int)'],
    [record('union', 1), 'field "f" is a union (union r) with the fields f0 (int)'],
    [record('struct', 0), 'field "f" is a struct (struct r)'],
  ])('is a clause: %#', (layout, text) => {
    expect(describeField({ title: 'field "f"', layout })).toBe(text);
  });

  it('says how wide a bitfield is', () => {
    const bits = { start: 5, size: 60 };
    expect(describeField({ title: 'field "f"', layout: u64, bits })).toBe('field "f" is a bitfield of 60 bits (int)');
  });

  it('lists 40 fields at most', () => {
    expect(listFields(record('struct', 40))).toHaveLength(40);
    const listed = listFields(record('struct', 42));
    expect(listed.slice(39)).toEqual(['f39 (int)', '2 more']);
    expect(listFields(record('union', 41)).at(-1)).toBe('1 more');
    expect(listFields(u64)).toEqual([]);
  });
});
