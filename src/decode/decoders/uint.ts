import { integerDecoder } from './decoder.js';

/** Decimal digits; the bits of a signed field are taken as unsigned. */
export const uint = integerDecoder('an integer, enum, bool or pointer', () => String, false);
