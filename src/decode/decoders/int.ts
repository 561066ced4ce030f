import { integerDecoder } from './decoder.js';

/** Decimal digits with a sign; the bits of an unsigned field are taken as two's complement. */
export const int = integerDecoder('an integer, enum, bool or pointer', () => String, true);
