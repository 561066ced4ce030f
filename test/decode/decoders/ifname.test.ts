import { describe, expect, it } from 'vitest';
import { Decoding, le } from '../decoding.js';
import { u32 } from '../field_layouts.js';

const decoding = new Decoding();
const { decode } = decoding;

describe('ifname', () => {
  it('finds names in sysfs, and new interfaces after two seconds', () => {
    decoding.context.write('sys/class/net/lo/ifindex', '1\n');
    decoding.context.write('sys/class/net/eth0/ifindex', '2\n');
    decoding.context.write('sys/class/net/bonding_masters', 'bond0\n');
    expect(decode(u32, le(2, 4), ['ifname'])).toBe('eth0');
    expect(decode(u32, le(3, 4), ['ifname'])).toBe('3');
    decoding.context.write('sys/class/net/wg0/ifindex', '3\n');
    expect(decode(u32, le(3, 4), ['ifname'])).toBe('3');
    decoding.context.advance(2000);
    expect(decode(u32, le(3, 4), ['ifname'])).toBe('wg0');
  });

  it('shows no control or invisible characters', () => {
    decoding.context.write('sys/class/net/a\u001b\u200b/ifindex', '4\n');
    expect(decode(u32, le(4, 4), ['ifname'])).toBe('a\\x1b\\xe2\\x80\\x8b');
  });

  it('notices a reused index after a minute', () => {
    decoding.context.write('sys/class/net/tap0/ifindex', '9\n');
    expect(decode(u32, le(9, 4), ['ifname'])).toBe('tap0');
    decoding.context.remove('sys/class/net/tap0');
    decoding.context.write('sys/class/net/tap1/ifindex', '9\n');
    expect(decode(u32, le(9, 4), ['ifname'])).toBe('tap0');
    decoding.context.advance(60_000);
    expect(decode(u32, le(9, 4), ['ifname'])).toBe('tap1');
  });

  it('gives digits when there is no sysfs', () => {
    expect(decode(u32, le(1, 4), ['ifname'])).toBe('1');
  });
});
