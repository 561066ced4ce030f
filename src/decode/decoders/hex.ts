import { integerDecoder } from '../decoder.js';

/** `0x` and hexadecimal digits, without leading zeros. The bits of a signed field are read as unsigned. */
export const hex = integerDecoder(
  'an integer, enum, bool or pointer',
  () => (integer) => `0x${integer.toString(16)}`,
  false,
);
