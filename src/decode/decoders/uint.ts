import { integerDecoder } from '../decoder.js';

/** Decimal digits. The bits of a signed field are read as unsigned. */
export const uint = integerDecoder('an integer, enum, bool or pointer', () => String, false);
