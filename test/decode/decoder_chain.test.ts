import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../src/config/probe_schema.js';
import type { Layout } from '../../src/decode/layout.js';
import { Decoding, le, text } from './decoding.js';
import { bytes16, chars, flag, operations, pointer, s32, u32, u64 } from './field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('compileChain', () => {
  const struct: Layout = { kind: 'struct', type: 'struct s', size: 8, fields: [{ name: 'a', offset: 0, layout: u64 }] };
  const float: Layout = { kind: 'opaque', type: 'double', size: 8, what: 'a floating-point number' };
  const map = (key: string): DecoderSpec => ({ kind: 'map', values: { [key]: 'in' } });
  const field = 'field "f" of the key of map "m"';
  it.each<[string, Layout, readonly (DecoderSpec | DecoderSpec['kind'])[] | undefined, string]>([
    [
      'text of a number',
      u32,
      ['string'],
      `Decoder "string" of label "label" takes an array of bytes, but ${field} is a 4-byte integer (int)`,
    ],
    [
      'the system call of a name',
      chars(16),
      ['syscall'],
      `Decoder "syscall" of label "label" takes an integer, but ${field} is an array (char[16])`,
    ],
    [
      'an address of 8 bytes',
      u64,
      ['inet'],
      `Decoder "inet" of label "label" takes 4 or 16 bytes, but ${field} is an 8-byte integer (int)`,
    ],
    [
      'an address of a pointer',
      pointer,
      ['inet'],
      `Decoder "inet" of label "label" takes 4 or 16 bytes, but ${field} is a pointer`,
    ],
    [
      'the enumerator of an integer',
      u32,
      ['enum'],
      `Decoder "enum" of label "label" takes an enum, but ${field} is a 4-byte integer (int)`,
    ],
    [
      'a struct without a decoder',
      struct,
      undefined,
      `Label "label" needs a decoder: ${field} is a struct (struct s) with the fields a (int)`,
    ],
    ['bytes without a decoder', bytes16, undefined, `Label "label" needs a decoder: ${field} is an array (int[16])`],
    [
      'a map of a struct',
      struct,
      [map('0')],
      `Decoder "map" of label "label" takes an integer, an enum, a bool, a pointer or a char array, but ${field} is a struct (struct s) with the fields a (int)`,
    ],
    [
      'a floating-point number',
      float,
      ['uint'],
      `Decoder "uint" of label "label" takes an integer, enum, bool or pointer, but ${field} is a floating-point number (double)`,
    ],
    [
      'text of a flexible array',
      chars(0),
      ['string'],
      `Decoder "string" of label "label" takes an array of bytes, but ${field} is an array (char[0])`,
    ],
    [
      'a decoder of fields after another',
      chars(16),
      ['string', 'user'],
      'Decoder "user" of label "label" must come first: it reads the raw field, not the output of "string"',
    ],
    [
      'a map of names for a number',
      u32,
      [map('READ')],
      `Decoder "map" of label "label" can never match "READ": its left sides must be whole numbers from 0, because ${field} is a 4-byte integer (int)`,
    ],
    [
      'a map of negative numbers for an unsigned one',
      u32,
      [map('-1')],
      `Decoder "map" of label "label" can never match "-1": its left sides must be whole numbers from 0, because ${field} is a 4-byte integer (int)`,
    ],
    [
      'a map of names for the number of an enum',
      operations,
      [map('READ')],
      `Decoder "map" of label "label" can never match "READ": its left sides must be whole numbers, because ${field} is an enum (enum operation)`,
    ],
    [
      'a map of other words for a bool',
      flag,
      [map('on')],
      `Decoder "map" of label "label" can never match "on": its left sides must be true or false, because ${field} is a bool (bool)`,
    ],
  ])('refuses %s', (_, layout, specs, message) => {
    expect(() => decode(layout, new Uint8Array(layout.size), specs)).toThrow(expect.objectContaining({ message }));
  });
});

describe('a chain of decoders', () => {
  const regex = (action: 'keep' | 'drop' | 'capture', pattern: string, replace = '$1'): DecoderSpec => ({
    kind: 'regex',
    action,
    pattern,
    replace,
  });
  const map = (values: Record<string, string>): DecoderSpec => ({ kind: 'map', values });
  const unsignedEnum: Layout = { ...operations, signed: false, names: new Map([[0, 'READ']]) };

  it.each<[string, Layout, Uint8Array, readonly (DecoderSpec | DecoderSpec['kind'])[], string | undefined]>([
    ['the number of a signed enum', operations, le(-1, 4), [map({ '-1': 'none' })], 'none'],
    ['the number of an unsigned enum', unsignedEnum, le(-1, 4), [regex('capture', '^(429)')], '429'],
    ['the number of an enum, not its name', unsignedEnum, le(0, 4), [regex('keep', '^READ$')], undefined],
    ['a signed integer', s32, le(-7, 4), [regex('capture', '^-(.)')], '7'],
    ['an unsigned integer', u32, le(-7, 4), [regex('keep', '^4294967289$')], '4294967289'],
    ['a bool', flag, le(1, 1), [regex('keep', '^true$')], 'true'],
    ['a pointer', pointer, le(0xabc, 8), [regex('keep', '^0xabc$')], '0xabc'],
    ['text', chars(8), text('swapper', 8), [map({ swapper: 'idle' })], 'idle'],
  ])('that begins with text gets %s', (_, layout, bytes, specs, expected) => {
    expect(decode(layout, bytes, specs)).toBe(expected);
  });

  it('hands the text from each decoder to the next', () => {
    const specs = [
      'string',
      regex('capture', '^([^/]*)/'),
      map({ kworker: 'kernel' }),
      regex('capture', '^(.{4})'),
    ] as const;
    expect(decode(chars(16), text('kworker/0:1', 16), specs)).toBe('kern');
    expect(decode(chars(16), text('bash/1', 16), specs)).toBe('bash');
  });

  it('stops at the decoder that drops the row', () => {
    const dropping = (spec: DecoderSpec) => ['string', spec, map({ undefined: 'wrong' }), regex('keep', '.')] as const;
    expect(decode(chars(16), text('kworker', 16), dropping(regex('drop', '^k')))).toBeUndefined();
    expect(decode(chars(16), text('kworker', 16), dropping(regex('keep', '^k')))).toBe('kworker');
  });

  it.each([
    ['one decoder of text', [regex('drop', '^$')]],
    ['several decoders of text', [regex('drop', '^$'), regex('keep', 'x')]],
  ])('shortens what %s returned', (_, steps) => {
    expect(decode(chars(300), text('x'.repeat(200), 300), ['string', ...steps])).toBe(`${'x'.repeat(127)}…`);
  });

  it('passes on what must be loaded first', () => {
    const chain = decoding.compile(u64, [{ kind: 'ksym' }, map({ x: 'y' })]);
    expect([typeof chain.announce, typeof chain.prepare]).toEqual(['function', 'function']);
    expect(Object.keys(decoding.compile(u64))).toEqual(['decode']);
  });
});
