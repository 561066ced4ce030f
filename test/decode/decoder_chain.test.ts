import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../src/config/probe_schema.js';
import type { Layout } from '../../src/decode/layout.js';
import { Decoding } from './decoding.js';
import { bytes16, chars, flag, operations, pointer, u32, u64 } from './field_layouts.js';

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
