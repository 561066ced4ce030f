import ipaddr from 'ipaddr.js';
import type { Layout } from './layout.js';

const PREFIX_BYTES = 4;

/**
 * The bytes of an IP address, in network order, for a type that has the size of one: `__be32`, `__u8[16]`, `struct in6_addr`. In 16 bytes
 * an IPv4 address is mapped into IPv6.
 * @returns undefined if the text is no address of a version that fits
 */
export function addressBytes({ size }: Pick<Layout, 'size'>, text: string): Uint8Array | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.parse(text);
  const isMapped = address instanceof ipaddr.IPv4 && size === 16;
  const bytes = isMapped ? address.toIPv4MappedAddress().toByteArray() : address.toByteArray();
  return bytes.length === size ? Uint8Array.from(bytes) : undefined;
}

/**
 * The key of an LPM trie: 4 bytes with the length of the prefix, then the address.
 * @param text such as `10.0.0.0/8`; without a length the address itself
 */
export function prefixBytes(
  { size }: Pick<Layout, 'size'>,
  text: string,
  littleEndian: boolean,
): Uint8Array | undefined {
  const [, address = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const addressSize = size - PREFIX_BYTES;
  const bytes = addressBytes({ size: addressSize }, address);
  if (bytes === undefined) return undefined;
  const ownBits = ipaddr.IPv4.isValidFourPartDecimal(address) ? 32 : 128;
  const bits = length === undefined ? ownBits : Number(length);
  if (bits > ownBits) return undefined;
  const key = Buffer.alloc(size);
  const mappedBits = bits + addressSize * 8 - ownBits;
  if (littleEndian) key.writeUInt32LE(mappedBits);
  else key.writeUInt32BE(mappedBits);
  key.set(bytes, PREFIX_BYTES);
  return key;
}
