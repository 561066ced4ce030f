import type { Decoder } from '../decoder.js';
import { isMemory } from '../names/raw_bytes.js';
import { integerReader } from '../number_field.js';
import { addressText } from './inet.js';

/**
 * The key of an LPM trie over IP addresses, in prefix notation: `10.0.0.0/8`, `2001:db8::/32`. The first four bytes are the length
 * of the prefix, the others the address. Bits beyond the prefix do not matter to the kernel and are shown as zeros.
 */
export const prefix: Decoder = {
  takes: 'a struct of a 4-byte prefix length and 4 or 16 bytes of address',
  compile(field) {
    const { offset, size } = field;
    if (!isMemory(field) || (size !== 8 && size !== 20)) return undefined;
    const length = integerReader({ offset, size: 4, signed: false });
    return {
      decode: (bytes) => {
        const bits = Number(length(bytes));
        const address = bytes.slice(offset + 4, offset + size);
        for (let i = 0; i < address.length; i++) address[i]! &= 0xff00 >> Math.max(0, Math.min(8, bits - i * 8));
        return `${addressText(address)}/${bits}`;
      },
    };
  },
};
