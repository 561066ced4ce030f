import ipaddr from 'ipaddr.js';
import type { Decoder } from '../decoder.js';
import { isMemory } from '../names/raw_bytes.js';

/**
 * An IP address. The bytes are read in memory order, which is network order, whatever their type is: `__be32`, `__u8[4]`,
 * `__u8[16]`, `struct in6_addr`, `unsigned __int128`. IPv4 addresses mapped into IPv6 (::ffff:192.0.2.1) are written as
 * IPv4, other IPv6 addresses in the form of RFC 5952.
 */
export const inet: Decoder = {
  takes: '4 or 16 bytes',
  compile(field) {
    const { offset, size } = field;
    if (!isMemory(field) || (size !== 4 && size !== 16)) return undefined;
    return { decode: (bytes) => addressText(bytes.subarray(offset, offset + size)) };
  },
};

/** The text of 4 or 16 bytes in network order. */
export function addressText(bytes: Uint8Array): string {
  const address = ipaddr.fromByteArray([...bytes]);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}
