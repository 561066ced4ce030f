import { describe, expect, it } from 'vitest';
import type { DecoderSpec } from '../../../src/config/probe_schema.js';
import type { Layout } from '../../../src/decode/layout.js';
import { Decoding, le } from '../decoding.js';
import { be16, be32, flag, operations, pointer, s32, s64, u8, u16, u32, u64 } from '../field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('integers', () => {
  it.each<[string, Layout, number | bigint, DecoderSpec['kind'] | undefined, string]>([
    ['an unsigned integer', u32, 4294967295, undefined, '4294967295'],
    ['a signed integer', s32, -5, undefined, '-5'],
    ['all 64 bits exactly', u64, 2n ** 64n - 1n, undefined, '18446744073709551615'],
    ['2^53 + 1 exactly', u64, 2n ** 53n + 1n, undefined, '9007199254740993'],
    ['the smallest integer', s64, -(2n ** 63n), undefined, '-9223372036854775808'],
    ['a signed field read as unsigned', s32, -1, 'uint', '4294967295'],
    ['an unsigned field read as signed', u64, 2n ** 64n - 2n, 'int', '-2'],
    ['an integer in hexadecimal', u32, 0xc0ffee, 'hex', '0xc0ffee'],
    ['a negative integer in hexadecimal', s64, -1, 'hex', '0xffffffffffffffff'],
    ['zero in hexadecimal', u8, 0, 'hex', '0x0'],
    ['a pointer', pointer, 0xffff888000001000n, undefined, '0xffff888000001000'],
    ['a bool', flag, 1, undefined, 'true'],
    ['a false bool', flag, 0, undefined, 'false'],
    ['a number as a bool', u64, 2n ** 60n, 'bool', 'true'],
    ['an enumerator', operations, 0, undefined, 'READ'],
    ['a negative enumerator', operations, -1, 'enum', 'NONE'],
    ['a number without an enumerator', operations, 9, undefined, '9'],
    ['an enum as a number', operations, 0, 'uint', '0'],
  ])('decodes %s', (_, layout, value, kind, expected) => {
    expect(decode(layout, le(value, layout.size), kind && [kind])).toBe(expected);
  });

  it('reads types in network byte order', () => {
    expect(decode(be16, Uint8Array.from([1, 0xbb]), ['port'])).toBe('443');
    expect(decode(be16, Uint8Array.from([1, 0xbb]))).toBe('443');
    expect(decode(u16, le(443, 2), ['port'])).toBe('443');
    expect(decode(be32, Uint8Array.from([0, 0, 1, 0]))).toBe('256');
  });
});
