import { describe, expect, it } from 'vitest';
import { parseBtf } from '../../src/decode/btf/parser.js';
import type { Layout } from '../../src/decode/layout.js';
import { layoutOf } from '../../src/decode/type_layout.js';
import { BtfBuilder } from './btf_builder.js';
import { fixture, fixtureBytes, structLayout } from './fixture_types.js';

function fieldOf(layout: Layout, name: string) {
  if (layout.kind !== 'struct' && layout.kind !== 'union') throw new Error('not a record');
  return layout.fields.find((field) => field.name === name)!;
}

const invalidBtf = expect.objectContaining({ code: 'BTF_INVALID' });

describe('layoutOf', () => {
  it.each([
    ['pid', 0, { kind: 'integer', type: '__u32', size: 4, signed: false, encoding: 'number', network: false }],
    ['comm', 4, { kind: 'array', type: 'char[16]', size: 16, count: 16, element: { encoding: 'char', signed: true } }],
    ['op', 20, { kind: 'enum', type: 'enum operation', size: 4 }],
    ['ok', 24, { kind: 'integer', encoding: 'bool', size: 1 }],
    ['mac', 25, { kind: 'array', type: '__u8[6]', element: { encoding: 'number' } }],
    ['dport', 32, { kind: 'integer', type: '__be16', network: true, size: 2 }],
    ['sport', 34, { kind: 'integer', type: '__u16', network: false, size: 2 }],
    ['address', 36, { kind: 'struct', type: 'struct in6_addr', size: 16 }],
    ['v4', 52, { kind: 'integer', size: 4 }],
    ['low', 52, { kind: 'integer', size: 2 }],
    ['high', 54, { kind: 'integer', size: 2 }],
    ['deep', 56, { kind: 'array', type: 'anonymous struct[2]', count: 2 }],
    ['where', 72, { kind: 'pointer', size: 8 }],
    ['number', 80, { kind: 'integer', type: 'long', signed: true, size: 8 }],
  ])('lays out %s', (name, offset, layout) => {
    expect(fieldOf(structLayout('key'), name)).toMatchObject({ name, offset, layout });
  });

  it('puts members of anonymous members into the record itself', () => {
    const key = structLayout('key');
    expect(key.kind === 'struct' && key.fields.map(({ name }) => name)).toEqual([
      'pid',
      'comm',
      'op',
      'ok',
      'mac',
      'dport',
      'sport',
      'address',
      'v4',
      'low',
      'high',
      'deep',
      'first',
      'second',
      'third',
      'where',
      'number',
    ]);
  });

  it('names enumerators, including those of enums smaller than their stored values', () => {
    const names = (name: string) => {
      const layout = layoutOf(fixture, fixture.find('enum', name)!);
      return layout.kind === 'enum' && [...layout.names];
    };
    expect(names('operation')).toEqual([
      [0, 'READ'],
      [1, 'WRITE'],
      [7, 'FLUSH'],
      [0xffffffff, 'NEGATIVE'],
    ]);
    expect(names('tiny')).toEqual([
      [0, 'ZERO'],
      [200, 'HIGH'],
    ]);
  });

  it('lays out a section of global variables', () => {
    const bss = layoutOf(fixture, fixture.find('section', '.bss')!);
    expect(fieldOf(bss, 'total')).toMatchObject({ offset: 8, layout: { kind: 'integer', size: 8 } });
    expect(fieldOf(bss, 'global_hist')).toMatchObject({ offset: 40, layout: { kind: 'struct', size: 224 } });
    expect(fieldOf(bss, 'hidden')).toMatchObject({ offset: 0, layout: { size: 4 } });
  });

  it('refuses a section whose variables have no offsets yet', () => {
    const raw = parseBtf(fixtureBytes('eb'));
    expect(() => layoutOf(raw, raw.find('section', '.bss')!)).toThrow(invalidBtf);
  });

  it.each([
    ['value', 'wide', 'a 16-byte integer', 16],
    ['flexible', 'data', undefined, 0],
  ])('accepts %s.%s', (struct, name, what, size) => {
    const { layout } = fieldOf(structLayout(struct), name);
    expect(layout).toMatchObject({ size, ...(what && { kind: 'opaque', what }) });
  });

  it('returns the same object for the same type', () => {
    expect(structLayout('key')).toBe(structLayout('key'));
  });
});

describe('bitfields', () => {
  it('may have their width in the member', () => {
    const key = structLayout('key');
    expect(fieldOf(key, 'first')).toMatchObject({
      offset: 64,
      bits: { start: 512, size: 3 },
      layout: { type: 'unsigned int' },
    });
    expect(fieldOf(key, 'second')).toMatchObject({
      offset: 64,
      bits: { start: 515, size: 5 },
      layout: { signed: true },
    });
    expect(fieldOf(key, 'third')).toMatchObject({ offset: 65, bits: { start: 520, size: 40 } });
  });

  it('may have integer types of fewer bits, the older encoding', () => {
    const builder = new BtfBuilder();
    const narrow = builder.int('unsigned int', 4, 0, 3);
    const shifted = builder.int('int', 4, 1, 5, 3);
    const plain = builder.int('unsigned int', 4);
    const id = builder.struct('old', 8, [
      ['a', narrow, 0],
      ['b', shifted, 0],
      ['c', plain, 32],
    ]);
    const btf = parseBtf(builder.bytes());
    const layout = layoutOf(btf, id);
    expect(fieldOf(layout, 'a')).toMatchObject({ bits: { start: 0, size: 3 } });
    expect(fieldOf(layout, 'b')).toMatchObject({ bits: { start: 3, size: 5 }, layout: { signed: true, size: 4 } });
    expect(fieldOf(layout, 'c').bits).toBeUndefined();
  });

  it('are counted from the start of the outer record in anonymous members', () => {
    const builder = new BtfBuilder();
    const u32 = builder.int('unsigned int', 4);
    const inner = builder.struct('', 4, [['x', u32, (4 << 24) | 4]], true);
    const id = builder.struct('outer', 12, [['', inner, 64]]);
    expect(fieldOf(layoutOf(parseBtf(builder.bytes()), id), 'x')).toMatchObject({ bits: { start: 68, size: 4 } });
  });
});

describe('types that contradict themselves', () => {
  it.each<[string, (b: BtfBuilder) => number]>([
    ['a typedef of itself', (b) => b.type(8, { name: 't', size: 1 })],
    [
      'const and volatile of each other',
      (b) => {
        b.type(10, { size: 2 });
        return b.type(9, { size: 1 });
      },
    ],
    ['a struct in itself', (b) => b.struct('s', 8, [['s', 1, 0]])],
    ['an array of itself', (b) => b.type(3, { tail: [1, 1, 4] })],
    [
      'a struct in itself by an array',
      (b) => {
        b.struct('s', 8, [['a', 2, 0]]);
        return b.type(3, { tail: [1, 1, 1] });
      },
    ],
    ['an array of 4 GiB', (b) => b.type(3, { tail: [b.int('long', 8), 1, 0xffffffff] })],
    ['a member beyond the end', (b) => b.struct('s', 4, [['a', b.int('long', 8), 0]])],
    ['a member at half a byte', (b) => b.struct('s', 8, [['a', b.int('int', 4), 4]])],
    ['a bitfield beyond the end', (b) => b.struct('s', 4, [['a', b.int('int', 4), (8 << 24) | 30]], true)],
    ['a bitfield wider than its type', (b) => b.struct('s', 64, [['a', b.int('int', 4), (33 << 24) | 0]], true)],
    ['a reference to nothing', (b) => b.struct('s', 4, [['a', 4000, 0]])],
    ['a section of types', (b) => b.type(15, { name: '.data', size: 8, length: 1, tail: [b.int('int', 4), 0, 4] })],
  ])('refuses %s', (_, build) => {
    const builder = new BtfBuilder();
    const id = build(builder);
    const btf = parseBtf(builder.bytes());
    expect(() => layoutOf(btf, id)).toThrow(invalidBtf);
  });

  it('are refused when nested thousands of levels deep', () => {
    const builder = new BtfBuilder();
    let inner = builder.int('int', 4);
    for (let i = 0; i < 5000; i++) inner = builder.struct(`s${i}`, 4, [['a', inner, 0]]);
    const btf = parseBtf(builder.bytes());
    expect(() => layoutOf(btf, inner)).toThrow(invalidBtf);
  });

  it('are refused when anonymous members double at every level', () => {
    const builder = new BtfBuilder();
    let inner = builder.struct('', 4, [['leaf', builder.int('int', 4), 0]]);
    for (let i = 0; i < 40; i++)
      inner = builder.struct('', 4, [
        ['', inner, 0],
        ['', inner, 0],
      ]);
    const btf = parseBtf(builder.bytes());
    expect(() => layoutOf(btf, inner)).toThrow(invalidBtf);
  });
});
