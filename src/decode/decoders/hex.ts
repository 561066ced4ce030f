import { type Decoder, integerDecoder } from '../decoder.js';
import { hexadecimalBytes, isByteArray } from '../names/raw_bytes.js';

const ofInteger = integerDecoder(
  'an integer, enum, bool, pointer or array of bytes',
  () => (integer) => `0x${integer.toString(16)}`,
  false,
);

/**
 * `0x` and hexadecimal digits, without leading zeros; the bits of a signed field are read as unsigned. Arrays of bytes give two
 * digits a byte in memory order, without `0x`.
 */
export const hex: Decoder = {
  takes: ofInteger.takes,
  compile(field, context, settings) {
    if (!isByteArray(field)) return ofInteger.compile(field, context, settings);
    const { offset } = field;
    const end = offset + field.size;
    return {
      decode: (bytes) => {
        let text = '';
        for (let at = offset; at < end; at++) text += hexadecimalBytes[bytes[at]!];
        return text;
      },
    };
  },
};
