import { describe, expect, it } from 'vitest';
import type { Layout } from '../../../src/decode/layout.js';
import { Decoding, le } from '../decoding.js';
import { array, pointer, u8, u32, u64 } from '../field_layouts.js';

const { compile, decode } = new Decoding();

const key = (size: number): Layout => ({
  kind: 'struct',
  type: 'struct key',
  size: 4 + size,
  fields: [
    { name: 'prefixlen', offset: 0, layout: u32 },
    { name: 'data', offset: 4, layout: array(u8, size) },
  ],
});

const bytes = (length: number, address: readonly number[]) => Uint8Array.from([...le(length, 4), ...address]);

describe('prefix', () => {
  it.each([
    [8, [10, 0, 0, 0], '10.0.0.0/8'],
    [8, [10, 1, 2, 3], '10.0.0.0/8'],
    [12, [172, 31, 9, 9], '172.16.0.0/12'],
    [0, [255, 255, 255, 255], '0.0.0.0/0'],
    [32, [192, 0, 2, 1], '192.0.2.1/32'],
    [2 ** 32 - 1, [192, 0, 2, 1], '192.0.2.1/4294967295'],
  ])('shows an IPv4 prefix of %i bits', (length, address, text) => {
    expect(decode(key(4), bytes(length, address), ['prefix'])).toBe(text);
  });

  it('shows IPv6 prefixes', () => {
    const address = [0x20, 0x01, 0x0d, 0xb8, ...new Array<number>(12).fill(0xff)];
    expect(decode(key(16), bytes(32, address), ['prefix'])).toBe('2001:db8::/32');
    expect(decode(key(16), bytes(33, address), ['prefix'])).toBe('2001:db8:8000::/33');
    expect(decode(key(16), bytes(128, address), ['prefix'])).toBe('2001:db8:ffff:ffff:ffff:ffff:ffff:ffff/128');
  });

  it('does not write into the key', () => {
    const chain = compile(key(4), ['prefix']);
    const given = bytes(8, [10, 1, 2, 3]);
    chain.decode(given);
    expect([...given.subarray(4)]).toEqual([10, 1, 2, 3]);
  });

  it.each([key(2), u32, pointer])('takes no other fields', (layout) => {
    expect(() => compile(layout, ['prefix'])).toThrow('prefix length');
  });

  it('takes any 8 bytes, because a key may be declared as one integer', () => {
    expect(decode(u64, bytes(16, [10, 9, 8, 7]), ['prefix'])).toBe('10.9.0.0/16');
  });
});
