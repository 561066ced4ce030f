import type { Decoder, FieldDecoder } from './decoder.js';

/**
 * An IP address. The bytes are taken as they lie in memory, which is network order, whatever their type: `__be32`,
 * `__u8[4]`, `__u8[16]`, `struct in6_addr`, `unsigned __int128`. Of 16 bytes, IPv4 addresses mapped into IPv6
 * (::ffff:192.0.2.1) are written as IPv4; other IPv6 addresses in the form of RFC 5952.
 */
export const inet: Decoder = {
  takes: '4 or 16 bytes',
  compile(field): FieldDecoder | undefined {
    const { layout, offset, size, isBitfield } = field;
    if (isBitfield || layout.kind === 'pointer' || layout.kind === 'enum') return undefined;
    if (size === 4) return (bytes) => ipv4(bytes, offset);
    if (size === 16) return (bytes) => (isMapped(bytes, offset) ? ipv4(bytes, offset + 12) : ipv6(bytes, offset));
    return undefined;
  },
};

function ipv4(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

function isMapped(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== 0) return false;
  return bytes[at + 10] === 0xff && bytes[at + 11] === 0xff;
}

const groups = 8;

function ipv6(bytes: Uint8Array, at: number): string {
  const group = (i: number) => (bytes[at + 2 * i]! << 8) | bytes[at + 2 * i + 1]!;
  const gap = longestZeros(group);
  let text = '';
  for (let i = 0; i < groups; i++) {
    if (i === gap.start) {
      text += '::';
      i = gap.end - 1;
    } else {
      text += i === 0 || i === gap.end ? group(i).toString(16) : `:${group(i).toString(16)}`;
    }
  }
  return text;
}

/** RFC 5952, 4.2: the first of the longest runs of at least two zero groups is what `::` stands for. */
function longestZeros(group: (index: number) => number): { start: number; end: number } {
  let best = { start: -1, end: -1 };
  for (let start = 0; start < groups; start++) {
    let end = start;
    while (end < groups && group(end) === 0) end++;
    if (end - start >= 2 && end - start > best.end - best.start) best = { start, end };
    start = Math.max(start, end - 1);
  }
  return best;
}
