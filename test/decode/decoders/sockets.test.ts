import { describe, expect, it } from 'vitest';
import { Decoding, le } from '../decoding.js';
import { s32, u8, u16, u32, u64 } from '../field_layouts.js';

const { decode } = new Decoding();

describe('tcp_state', () => {
  it.each([
    [1, 'ESTABLISHED'],
    [7, 'CLOSE'],
    [10, 'LISTEN'],
    [13, 'BOUND_INACTIVE'],
    [0, '0'],
    [14, '14'],
    [255, '255'],
  ])('names %i %s', (state, name) => {
    expect(decode(u8, le(state, 1), ['tcp_state'])).toBe(name);
  });
});

describe('address_family', () => {
  it.each([
    [0, 'AF_UNSPEC'],
    [2, 'AF_INET'],
    [10, 'AF_INET6'],
    [16, 'AF_NETLINK'],
    [40, 'AF_VSOCK'],
    [45, 'AF_MCTP'],
    [46, '46'],
    [65_535, '65535'],
  ])('names %i %s', (family, name) => {
    expect(decode(u16, le(family, 2), ['address_family'])).toBe(name);
  });
});

describe('protocol', () => {
  it.each([
    [1, 'icmp'],
    [6, 'tcp'],
    [17, 'udp'],
    [44, 'fragment'],
    [58, 'icmpv6'],
    [89, 'ospf'],
    [132, 'sctp'],
    [262, 'mptcp'],
    [3, '3'],
    [2 ** 32 - 1, '4294967295'],
  ])('names %i %s', (number, name) => {
    expect(decode(u32, le(number, 4), ['protocol'])).toBe(name);
  });

  it('has digits for numbers beyond every name', () => {
    expect(decode(s32, le(-1, 4), ['protocol'])).toBe('-1');
    expect(decode(u64, le(2n ** 64n - 1n, 8), ['protocol'])).toBe('18446744073709551615');
  });
});
