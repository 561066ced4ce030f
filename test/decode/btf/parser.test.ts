import { describe, expect, it } from 'vitest';
import { parseBtf } from '../../../src/decode/btf/parser.js';
import { BtfBuilder } from '../btf_builder.js';
import { fixture, fixtureBytes } from '../fixture_types.js';

describe('parseBtf', () => {
  it.each([
    ['el', true],
    ['eb', false],
  ] as const)('reads what clang writes for bpf%s', (order, littleEndian) => {
    const btf = parseBtf(fixtureBytes(order));
    expect(btf.littleEndian).toBe(littleEndian);
    const key = btf.type(btf.find('struct', 'key')!);
    expect(key).toMatchObject({ kind: 'struct', name: 'key', size: 88 });
    expect(key.kind === 'struct' && key.members.map(({ name }) => name)).toEqual([
      'pid',
      'comm',
      'op',
      'ok',
      'mac',
      'dport',
      'sport',
      'address',
      '',
      'deep',
      'first',
      'second',
      'third',
      'where',
      'number',
    ]);
    const section = btf.type(btf.find('section', '.rodata')!);
    expect(section.kind === 'section' && section.variables).toHaveLength(8);
  });

  it('reads every kind', () => {
    const builder = new BtfBuilder();
    const u64 = builder.int('unsigned long', 8);
    const u32 = builder.int('int', 4, 1);
    builder.type(2, { size: u32 });
    builder.type(3, { tail: [u32, u64, 5] });
    builder.struct('s', 8, [['a', u64, 0]]);
    builder.type(5, { name: 'u', size: 4, length: 1, tail: [builder.text('b'), u32, 0] });
    builder.type(6, { name: 'e', size: 4, flag: true, length: 1, tail: [builder.text('MINUS'), -1] });
    builder.type(7, { name: 'f', flag: true });
    builder.type(8, { name: 't', size: u32 });
    builder.type(9, { size: u32 });
    builder.type(10, { size: u32 });
    builder.type(11, { size: u32 });
    const prototype = builder.type(13, { size: u32, length: 1, tail: [0, u32] });
    builder.type(12, { name: 'g', size: prototype });
    const variable = builder.type(14, { name: 'v', size: u32, tail: [1] });
    builder.type(15, { name: '.data', size: 4, length: 1, tail: [variable, 0, 4] });
    builder.type(16, { name: 'double', size: 8 });
    builder.type(17, { name: 'declared', size: u32, tail: [0xffffffff] });
    builder.type(18, { name: 'tagged', size: u32 });
    builder.type(19, { name: 'e64', size: 8, length: 1, tail: [builder.text('BIG'), 1, 0x80000000] });
    builder.type(19, {
      name: 's64',
      size: 8,
      flag: true,
      length: 1,
      tail: [builder.text('LOW'), 0xfffffffe, 0xffffffff],
    });
    const btf = parseBtf(builder.bytes());
    const kinds = Array.from({ length: btf.typeCount }, (_, id) => btf.type(id).kind);
    expect(kinds.join(' ')).toBe(
      'void int int pointer array struct union enum forward typedef qualifier qualifier qualifier prototype function ' +
        'variable section float tag qualifier enum enum',
    );
    expect(btf.type(btf.find('enum', 'e')!)).toMatchObject({ signed: true, values: [['MINUS', -1]] });
    expect(btf.type(btf.find('enum', 'e64')!)).toMatchObject({ values: [['BIG', 0x8000000000000001n]] });
    expect(btf.type(btf.find('enum', 's64')!)).toMatchObject({ values: [['LOW', -2]] });
  });

  it('has only void when the section is empty', () => {
    expect(parseBtf(new BtfBuilder().bytes()).typeCount).toBe(1);
  });

  const oneInt = () => {
    const builder = new BtfBuilder();
    builder.int('int', 4);
    return builder;
  };
  it.each([
    ['an empty buffer', new Uint8Array(0), 'the header has 0 bytes instead of at least 24'],
    ['a short header', fixtureBytes().subarray(0, 20), 'the header has 20 bytes instead of at least 24'],
    ['another magic number', oneInt().bytes({ magic: 0x464c }), 'the header starts with a wrong magic number'],
    ['another version', oneInt().bytes({ version: 2 }), 'the header is of version 2 instead of 1'],
    ['a header length beyond the file', oneInt().bytes({ headerLength: 0xfffffff0 }), 'a section ends beyond the data'],
    [
      'too small a header length',
      oneInt().bytes({ headerLength: 4 }),
      'the header states 4 bytes for itself, less than 24',
    ],
    ['types beyond the file', oneInt().bytes({ typesLength: 0xffffffff }), 'a section ends beyond the data'],
    ['strings beyond the file', oneInt().bytes({ stringsLength: 0xffffffff }), 'a section ends beyond the data'],
    ['a type without its tail', oneInt().bytes({ typesLength: 12 }), 'type 1 is truncated'],
    ['a type without its common part', oneInt().bytes({ typesLength: 20 }), 'type 2 is truncated'],
    ['a truncated file', fixtureBytes().subarray(0, 2000), 'a section ends beyond the data'],
  ])('refuses %s', (_, bytes, problem) => {
    const message = `The type information (BTF) of the object is malformed: ${problem}`;
    expect(() => parseBtf(bytes)).toThrow(expect.objectContaining({ code: 'BTF_INVALID', message }));
  });

  it.each([
    ['kind 0', (b: BtfBuilder) => b.type(0), 'type 1 is of the unknown kind 0'],
    ['an unknown kind', (b: BtfBuilder) => b.type(20), 'type 1 is of the unknown kind 20'],
    ['members beyond the end', (b: BtfBuilder) => b.type(4, { length: 0xffff }), 'type 1 is truncated'],
    [
      'a name beyond the strings',
      (b: BtfBuilder) => b.type(8, { nameOffset: 5000 }),
      'a name refers to offset 5000, beyond the string table',
    ],
    [
      'a name that is too long',
      (b: BtfBuilder) => b.type(8, { name: 'x'.repeat(2000) }),
      'the name at offset 1 is longer than 1024 bytes',
    ],
  ])('refuses %s', (_, add, problem) => {
    const builder = new BtfBuilder();
    add(builder);
    const message = `The type information (BTF) of the object is malformed: ${problem}`;
    expect(() => parseBtf(builder.bytes())).toThrow(expect.objectContaining({ code: 'BTF_INVALID', message }));
  });

  it('refuses overlapping names that would take far more memory than the file', () => {
    const builder = new BtfBuilder();
    for (let block = 0; block < 70; block++) {
      const start = builder.text('x'.repeat(1000));
      for (let i = 0; i < 1000; i++) builder.type(7, { nameOffset: start + i });
    }
    expect(() => parseBtf(builder.bytes())).toThrow(expect.objectContaining({ code: 'BTF_INVALID' }));
  });

  it('names the type that does not exist', () => {
    expect(() => fixture.type(99_999)).toThrow(
      /^The type information \(BTF\) of the object is malformed: a reference to type 99999 is beyond the last type, \d+$/,
    );
  });
});
