import { describe, expect, it } from 'vitest';
import { Decoding } from '../decoding.js';
import { array, bytes16, chars, pointer, u8, u16, u32, u64, wide } from '../field_layouts.js';

const { compile, decode } = new Decoding();

describe('mac', () => {
  it('reads six bytes in memory order', () => {
    expect(decode(array(u8, 6), Uint8Array.from([0x02, 0x42, 0, 0xff, 0x0a, 1]), ['mac'])).toBe('02:42:00:ff:0a:01');
    expect(decode(array(u16, 3), Uint8Array.from([1, 2, 3, 4, 5, 6]), ['mac'])).toBe('01:02:03:04:05:06');
  });

  it('takes nothing else', () => {
    expect(() => compile(array(u8, 8), ['mac'])).toThrow('takes 6 bytes');
  });
});

describe('uuid', () => {
  it('reads sixteen bytes in memory order', () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => i * 17);
    expect(decode(bytes16, bytes, ['uuid'])).toBe('00112233-4455-6677-8899-aabbccddeeff');
    expect(decode(wide, bytes, ['uuid'])).toBe('00112233-4455-6677-8899-aabbccddeeff');
  });

  it('takes nothing else', () => {
    expect(() => compile(u64, ['uuid'])).toThrow('takes 16 bytes');
    expect(() => compile(pointer, ['uuid'])).toThrow('takes 16 bytes');
  });
});

describe('hex of bytes', () => {
  it('keeps the order in memory and leading zeros', () => {
    expect(decode(chars(4), Uint8Array.from([0, 1, 0xab, 0xff]), ['hex'])).toBe('0001abff');
  });

  it('takes no array of larger integers', () => {
    expect(() => compile(array(u32, 2), ['hex'])).toThrow('array of bytes');
    expect(() => compile(array(u8, 0), ['hex'])).toThrow('array of bytes');
  });
});
