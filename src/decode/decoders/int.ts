import { integerDecoder } from '../decoder.js';

/** Decimal digits, with a sign if negative. The bits of an unsigned field are read as two's complement. */
export const int = integerDecoder('an integer, enum, bool or pointer', () => String, true);
