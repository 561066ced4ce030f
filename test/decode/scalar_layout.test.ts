import { describe, expect, it } from 'vitest';
import type { Btf, BtfType } from '../../src/decode/btf/btf.js';
import { layoutOf } from '../../src/decode/type_layout.js';

type Enumerators = (BtfType & { kind: 'enum' })['values'];

/** The layout of the last of these types, which are numbered from 1. */
function lastOf(...types: readonly BtfType[]) {
  const all: readonly BtfType[] = [{ kind: 'void' }, ...types];
  const btf: Btf = { littleEndian: true, typeCount: all.length, type: (id) => all[id]!, find: () => undefined };
  return layoutOf(btf, types.length);
}

const int = (size: number, settings: Partial<BtfType & { kind: 'int' }> = {}): BtfType => ({
  kind: 'int',
  name: 'int',
  size,
  encoding: 'number',
  bitOffset: 0,
  bits: size * 8,
  ...settings,
});
const enumeration = (size: number, signed: boolean, values: Enumerators = []): BtfType => ({
  kind: 'enum',
  name: 'e',
  size,
  signed,
  values,
});
const typedef = (name: string, type: number): BtfType => ({ kind: 'typedef', name, type });
const constant = (type: number): BtfType => ({ kind: 'qualifier', qualifier: 'const', type });
const pointers = (count: number) => Array.from({ length: count }, (_, index) => typedef(`t${index}`, index + 1));

describe('integers', () => {
  it.each([1, 2, 4, 8])('of %d bytes are read', (size) => {
    expect(lastOf(int(size))).toEqual({
      kind: 'integer',
      type: 'int',
      size,
      signed: false,
      encoding: 'number',
      network: false,
    });
  });

  it.each<[BtfType, string, number]>([
    [int(16), 'a 16-byte integer', 16],
    [int(3), 'an integer of 24 bits in 3 bytes', 3],
    [int(4, { bits: 31 }), 'an integer of 31 bits in 4 bytes', 4],
    [int(4, { bitOffset: 1 }), 'an integer of 32 bits in 4 bytes', 4],
  ])('of other sizes are not: %#', (type, what, size) => {
    expect(lastOf(type)).toEqual({ kind: 'opaque', type: 'int', size, what });
  });

  it.each<[string, Partial<BtfType & { kind: 'int' }>, number, string, boolean]>([
    ['a bool', { encoding: 'bool', name: '_Bool' }, 1, 'bool', false],
    ['a char by its encoding', { encoding: 'char', name: 'letter' }, 1, 'char', false],
    ['a char by its name', { encoding: 'signed', name: 'char' }, 1, 'char', true],
    ['a number', { encoding: 'signed', name: 'signed char' }, 1, 'number', true],
    ['a number that has the name of a char', { name: 'char' }, 4, 'number', false],
  ])('can be %s', (_, settings, size, encoding, signed) => {
    expect(lastOf(int(size, settings))).toMatchObject({ kind: 'integer', encoding, signed });
  });
});

describe('typedefs and qualifiers', () => {
  it('give the outermost name', () => {
    expect(lastOf(int(4), typedef('inner', 1), constant(2), typedef('outer', 3), constant(4))).toMatchObject({
      type: 'outer',
      size: 4,
    });
  });

  it.each([
    ['__be16', true],
    ['__be32', true],
    ['__be64', true],
    ['__le32', false],
    ['be32', false],
  ])('%s: network byte order %s, under any other name', (name, network) => {
    expect(lastOf(int(4), typedef(name, 1), typedef('address_t', 2))).toMatchObject({ type: 'address_t', network });
    expect(lastOf(int(4), typedef('number_t', 1), typedef(name, 2))).toMatchObject({ type: name, network });
  });

  it('may be 64 in a row', () => {
    expect(lastOf(int(4), ...pointers(64))).toMatchObject({ type: 't63', size: 4 });
    expect(() => lastOf(int(4), ...pointers(65))).toThrow(
      expect.objectContaining({
        code: 'BTF_INVALID',
        message: expect.stringContaining('type 66 has more than 64 typedefs and qualifiers in a row'),
      }),
    );
  });
});

describe('enums', () => {
  const namesOf = (...type: Parameters<typeof enumeration>) => {
    const layout = lastOf(enumeration(...type));
    return layout.kind === 'enum' && [...layout.names];
  };

  it.each([1, 2, 4, 8])('of %d bytes are read', (size) => {
    expect(lastOf(enumeration(size, true))).toEqual({
      kind: 'enum',
      type: 'enum e',
      size,
      signed: true,
      names: new Map(),
    });
  });

  it('of other sizes are not', () => {
    expect(lastOf(enumeration(3, false))).toEqual({
      kind: 'opaque',
      type: 'enum e',
      size: 3,
      what: 'an enum of 3 bytes',
    });
  });

  it('have the name of a typedef, or none', () => {
    expect(lastOf(enumeration(4, false), typedef('kind_t', 1)).type).toBe('kind_t');
    expect(lastOf({ ...enumeration(4, false), name: '' } as BtfType).type).toBe('anonymous enum');
  });

  it('keep the first of several names of a value', () => {
    expect(
      namesOf(4, false, [
        ['FIRST', 1],
        ['SECOND', 1],
        ['THIRD', 2],
      ]),
    ).toEqual([
      [1, 'FIRST'],
      [2, 'THIRD'],
    ]);
  });

  it('have the values that their bytes can hold', () => {
    const minusTwo = 0xffff_fffe;
    expect(namesOf(1, false, [['A', minusTwo]])).toEqual([[0xfe, 'A']]);
    expect(namesOf(2, false, [['A', minusTwo]])).toEqual([[0xfffe, 'A']]);
    expect(namesOf(4, false, [['A', minusTwo]])).toEqual([[minusTwo, 'A']]);
    expect(
      namesOf(8, false, [
        ['A', 2n ** 64n - 2n],
        ['B', 2 ** 40],
      ]),
    ).toEqual([
      [2n ** 64n - 2n, 'A'],
      [2 ** 40, 'B'],
    ]);
    expect(namesOf(1, true, [['A', -2]])).toEqual([[-2, 'A']]);
    expect(namesOf(2, true, [['A', -300]])).toEqual([[-300, 'A']]);
  });
});

describe('types that are not read as numbers', () => {
  it.each<[string, BtfType, string, number, string]>([
    ['a float', { kind: 'float', name: 'double', size: 8 }, 'double', 8, 'a floating-point number'],
    [
      'a struct without a definition',
      { kind: 'forward', name: 'sock', union: false },
      'struct sock',
      0,
      'a type that is declared but not defined',
    ],
    [
      'a union without a definition',
      { kind: 'forward', name: 'u', union: true },
      'union u',
      0,
      'a type that is declared but not defined',
    ],
    ['a function', { kind: 'function', name: 'f', type: 0 }, 'function', 0, 'a type without a size'],
    ['void', { kind: 'void' }, 'void', 0, 'a type without a size'],
  ])('say what they are: %s', (_, type, name, size, what) => {
    const others = { size, what, ...(type.kind === 'float' && { isFloat: true }) };
    expect(lastOf(type)).toEqual({ kind: 'opaque', type: name, ...others });
    expect(lastOf(type, typedef('alias', 1))).toEqual({ kind: 'opaque', type: 'alias', ...others });
  });

  it('say that a variable is one', () => {
    expect(lastOf({ kind: 'variable', name: 'v', type: 0 })).toEqual({
      kind: 'opaque',
      type: 'v',
      size: 0,
      what: 'a variable',
    });
  });
});

describe('other types', () => {
  it('are pointers of 8 bytes', () => {
    expect(lastOf({ kind: 'pointer', type: 0 })).toEqual({ kind: 'pointer', type: 'pointer', size: 8 });
    expect(lastOf({ kind: 'pointer', type: 0 }, typedef('handle', 1)).type).toBe('handle');
  });

  it('are arrays, whose outer dimension is written first', () => {
    const rows: BtfType = { kind: 'array', type: 2, count: 2 };
    expect(lastOf(int(4), { kind: 'array', type: 1, count: 3 }, rows)).toMatchObject({
      type: 'int[2][3]',
      size: 24,
      count: 2,
      element: { type: 'int[3]', size: 12, count: 3 },
    });
    expect(lastOf(int(4), { kind: 'array', type: 1, count: 3 }, typedef('triple', 2)).type).toBe('triple');
  });

  it('are structs and unions, which may have no name', () => {
    const member = { name: 'a', type: 1, bitOffset: 0, bitSize: 0 };
    const record = (kind: 'struct' | 'union', name: string): BtfType => ({ kind, name, size: 4, members: [member] });
    expect(lastOf(int(4), record('struct', 's'))).toMatchObject({ kind: 'struct', type: 'struct s', size: 4 });
    expect(lastOf(int(4), record('union', ''))).toMatchObject({ kind: 'union', type: 'anonymous union', size: 4 });
    expect(lastOf(int(4), record('union', ''), typedef('u_t', 2)).type).toBe('u_t');
  });

  it('may be nested 64 levels deep', () => {
    const nested = (depth: number) =>
      Array.from({ length: depth }, (_, index): BtfType => {
        const members = [{ name: 'a', type: index + 1, bitOffset: 0, bitSize: 0 }];
        return { kind: 'struct', name: `s${index}`, size: 4, members };
      });
    expect(lastOf(int(4), ...nested(64)).size).toBe(4);
    expect(() => lastOf(int(4), ...nested(65))).toThrow(expect.objectContaining({ code: 'BTF_INVALID' }));
  });
});
