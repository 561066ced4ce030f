import { describe, expect, it } from 'vitest';
import type { Layout } from '../../src/decode/layout.js';
import { select } from '../../src/decode/path.js';
import { SantaError } from '../../src/errors/fault.js';
import { array, u32 } from './field_layouts.js';
import { structLayout } from './fixture_types.js';

const key = { layout: structLayout('key'), title: 'the key of map "events"' };

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SantaError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no fault';
}

describe('select', () => {
  it.each([
    ['pid', 0, '__u32'],
    ['comm', 4, 'char[16]'],
    ['comm[3]', 7, 'char'],
    ['address.in6_u.u6_addr8', 36, '__u8[16]'],
    ['address.in6_u.u6_addr32[3]', 48, '__be32'],
    ['deep[1].inner', 60, 'int'],
    ['high', 54, '__u16'],
  ])('finds %s', (path, offset, type) => {
    expect(select(key, path)).toMatchObject({ offset, layout: { type }, title: `field "${path}" of ${key.title}` });
  });

  it('counts the bits of a nested bitfield from the start of the key', () => {
    const bitfield = { name: 'flags', layout: u32, offset: 4, bits: { start: 35, size: 2 } };
    const inner: Layout = { kind: 'struct', type: 'struct inner', size: 8, fields: [bitfield] };
    const outer: Layout = {
      kind: 'struct',
      type: 'struct outer',
      size: 24,
      fields: [{ name: 'inner', layout: inner, offset: 16 }],
    };
    const selected = select({ layout: outer, title: 'the key' }, 'inner.flags');
    expect(selected).toMatchObject({ offset: 20, bits: { start: 163, size: 2 } });
  });

  it('follows members and indices of any name and number', () => {
    const inner: Layout = {
      kind: 'union',
      type: 'union u',
      size: 4,
      fields: [
        { name: '_a1', layout: u32, offset: 0 },
        { name: 'Z', layout: u32, offset: 0 },
      ],
    };
    const outer = { layout: array(array(inner, 20), 200), title: 'the key' };
    expect(select(outer, '[123][12]._a1')).toMatchObject({ offset: 123 * 80 + 12 * 4, layout: u32 });
    expect(select(outer, '[0][19].Z')).toEqual({ title: 'field "[0][19].Z" of the key', layout: u32, offset: 76 });
  });

  it('selects the whole key without a path', () => {
    expect(select(key, undefined)).toEqual({ title: key.title, layout: key.layout, offset: 0 });
  });

  it.each([
    [
      'conm',
      /^FIELD_UNKNOWN: The key of map "events" \(struct key\) has no field "conm"; it has pid \(__u32\), comm \(char\[16\]\),.*first \(unsigned int:3\)/,
    ],
    [
      'deep[0].iner',
      'FIELD_UNKNOWN: Field "deep[0]" of the key of map "events" (anonymous struct) has no field "iner"; it has inner (int)',
    ],
    ['pid.x', 'FIELD_UNKNOWN: Field "pid" of the key of map "events" (__u32) has no field "x"; it has none'],
    ['a..b', /^FIELD_UNKNOWN|^FIELD_PATH_INVALID/],
    [
      'comm[16]',
      'FIELD_INDEX_INVALID: Index 16 in "comm[16]" is out of range: char[16] has 16 elements, counted from 0',
    ],
    [
      'pid[0]',
      'FIELD_PATH_INVALID: Invalid field path "pid[0]": field "pid" of the key of map "events" is a 4-byte integer (__u32), not an array',
    ],
    [
      '[0]',
      'FIELD_PATH_INVALID: Invalid field path "[0]": the key of map "events" is a struct (struct key), not an array',
    ],
    ['', 'FIELD_PATH_INVALID: Invalid field path "": it is empty'],
    ['comm[0]pid', 'FIELD_PATH_INVALID: Invalid field path "comm[0]pid": "pid" is neither a member nor an index'],
    ['pid.', 'FIELD_PATH_INVALID: Invalid field path "pid.": "." is neither a member nor an index'],
    ['1pid', 'FIELD_PATH_INVALID: Invalid field path "1pid": "1pid" is neither a member nor an index'],
    ['deep.1', 'FIELD_PATH_INVALID: Invalid field path "deep.1": ".1" is neither a member nor an index'],
    ['comm[-1]', 'FIELD_PATH_INVALID: Invalid field path "comm[-1]": "[-1]" is neither a member nor an index'],
    ['comm[]', 'FIELD_PATH_INVALID: Invalid field path "comm[]": "[]" is neither a member nor an index'],
    ['pid ', 'FIELD_PATH_INVALID: Invalid field path "pid ": " " is neither a member nor an index'],
    ['[x]', 'FIELD_PATH_INVALID: Invalid field path "[x]": "[x]" is neither a member nor an index'],
    [
      'comm[99999999999999999999]',
      'FIELD_PATH_INVALID: Invalid field path "comm[99999999999999999999]": "[99999999999999999999]" is neither a member nor an index',
    ],
  ])('refuses "%s"', (path, message) => {
    const actual = messageOf(() => select(key, path));
    if (typeof message === 'string') expect(actual).toBe(message);
    else expect(actual).toMatch(message);
  });

  it('refuses elements of a flexible array', () => {
    const flexible = { layout: structLayout('flexible'), title: 'the value' };
    expect(messageOf(() => select(flexible, 'data[0]'))).toBe(
      'FIELD_INDEX_INVALID: Cannot read element 0 in "data[0]": char[0] is a flexible array of unknown length',
    );
  });

  it.each(['nope', '', 'pid ', 'pid[0]', 'comm[16]'])('reports the given location of "%s"', (path) => {
    const location = { file: 'probe.yaml', line: 3, column: 9 };
    expect(() => select(key, path, location)).toThrow(expect.objectContaining({ location }));
  });
});
