import { describe, expect, it } from 'vitest';
import { Decoding } from '../decoding.js';
import { address, array, be32, bytes16, u8, u32, wide } from '../field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('inet', () => {
  const v6 = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  it.each([u32, be32, array(u8, 4)])('writes 4 bytes of %j as IPv4', (layout) => {
    expect(decode(layout, Uint8Array.from([192, 0, 2, 255]), ['inet'])).toBe('192.0.2.255');
  });

  it.each([
    ['2001 0db8 0000 0000 0000 0000 0000 0001', '2001:db8::1'],
    ['0000 0000 0000 0000 0000 0000 0000 0000', '::'],
    ['0000 0000 0000 0000 0000 0000 0000 0001', '::1'],
    ['fe80 0000 0000 0000 0000 0000 0000 0000', 'fe80::'],
    ['2001 0db8 0000 0001 0001 0001 0001 0001', '2001:db8:0:1:1:1:1:1'],
    ['2001 0000 0000 0001 0000 0000 0000 0001', '2001:0:0:1::1'],
    ['2001 0db8 0000 0000 0001 0000 0000 0001', '2001:db8::1:0:0:1'],
    ['0001 0002 0003 0004 0005 0006 0007 0008', '1:2:3:4:5:6:7:8'],
    ['0000 0002 0003 0004 0005 0006 0007 0000', '0:2:3:4:5:6:7:0'],
    ['0000 0000 0003 0004 0005 0006 0000 0000', '::3:4:5:6:0:0'],
    ['0000 0000 0000 0000 0000 ffff c000 0201', '192.0.2.1'],
    ['0000 0000 0000 0000 0000 fffe c000 0201', '::fffe:c000:201'],
  ])('writes %s as %s', (bytes, expected) => {
    for (const layout of [bytes16, address, wide, array(be32, 4)]) {
      expect(decode(layout, v6(bytes), ['inet'])).toBe(expected);
    }
  });
});
