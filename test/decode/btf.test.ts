import { describe, expect, it } from 'vitest';
import { parseBtf } from '../../src/decode/btf.js';
import { encodeConstant } from '../../src/decode/constants.js';
import { layoutOf } from '../../src/decode/layout.js';
import { Faults, SantaError } from '../../src/errors/fault.js';
import { BtfBuilder } from './btf_builder.js';
import { fixture, fixtureBytes } from './fixture_types.js';

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

  it('has no types when there are none', () => {
    expect(parseBtf(new BtfBuilder().bytes()).typeCount).toBe(1);
  });

  const oneInt = () => {
    const builder = new BtfBuilder();
    builder.int('int', 4);
    return builder;
  };
  it.each([
    ['an empty buffer', new Uint8Array(0)],
    ['a short header', fixtureBytes().subarray(0, 20)],
    ['another magic number', oneInt().bytes({ magic: 0x464c })],
    ['another version', oneInt().bytes({ version: 2 })],
    ['a header length beyond the file', oneInt().bytes({ headerLength: 0xfffffff0 })],
    ['a header length below the least', oneInt().bytes({ headerLength: 4 })],
    ['types beyond the file', oneInt().bytes({ typesLength: 0xffffffff })],
    ['strings beyond the file', oneInt().bytes({ stringsLength: 0xffffffff })],
    ['a truncated type', oneInt().bytes({ typesLength: 12 })],
    ['a file that is cut off', fixtureBytes().subarray(0, 2000)],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseBtf(bytes)).toThrow(expect.objectContaining({ code: 'BTF_INVALID' }));
  });

  it.each([
    ['kind 0', (b: BtfBuilder) => b.type(0)],
    ['an unknown kind', (b: BtfBuilder) => b.type(20)],
    ['members beyond the end', (b: BtfBuilder) => b.type(4, { length: 0xffff })],
    ['a name beyond the strings', (b: BtfBuilder) => b.type(8, { nameOffset: 5000 })],
    ['a name without end', (b: BtfBuilder) => b.type(8, { name: 'x'.repeat(2000) })],
  ])('refuses %s', (_, add) => {
    const builder = new BtfBuilder();
    add(builder);
    expect(() => parseBtf(builder.bytes())).toThrow(expect.objectContaining({ code: 'BTF_INVALID' }));
  });

  it('refuses names that share their tails so as to take far more memory than the file', () => {
    const builder = new BtfBuilder();
    for (let block = 0; block < 70; block++) {
      const start = builder.text('x'.repeat(1000));
      for (let i = 0; i < 1000; i++) builder.type(7, { nameOffset: start + i });
    }
    expect(() => parseBtf(builder.bytes())).toThrow(expect.objectContaining({ code: 'BTF_INVALID' }));
  });

  it('says which type is not there', () => {
    expect(() => fixture.type(99_999)).toThrow('reference beyond the last type');
  });
});

describe('hostile BTF', () => {
  /** A small generator of numbers that are the same in every run. */
  function random(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  }

  function useAll(bytes: Uint8Array): void {
    const btf = parseBtf(bytes);
    for (let id = 0; id < btf.typeCount; id++) {
      try {
        layoutOf(btf, id);
      } catch (error) {
        if (!(error instanceof SantaError)) throw error;
      }
    }
    encodeConstant(btf, 'min_ns', 5);
  }

  it('only ever gives faults, whatever bytes are changed', { timeout: 30_000 }, () => {
    const next = random(20_261_121);
    const original = fixtureBytes();
    let survived = 0;
    const started = performance.now();
    for (let round = 0; round < 1500 && performance.now() - started < 10_000; round++) {
      const bytes = Uint8Array.from(original);
      for (let changes = 1 + next(6); changes > 0; changes--) {
        const at = next(2) === 0 ? next(bytes.length) : 24 + next(bytes.length - 24 - 4);
        const word = [0, 0xff, 0x80, next(256), bytes[next(bytes.length)]!][next(5)]!;
        bytes[at] = word;
      }
      try {
        useAll(next(8) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes);
        survived++;
      } catch (error) {
        if (!(error instanceof SantaError) && !(error instanceof Faults)) throw error;
      }
    }
    expect(survived).toBeGreaterThan(100);
  });
});
