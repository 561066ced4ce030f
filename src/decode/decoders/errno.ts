import { integerDecoder } from './decoder.js';
import { errorNames } from './errno_names.js';
import { namesByNumber } from './named_numbers.js';

const names = namesByNumber(errorNames);

/** `ENOENT` for 2 and for -2, as the kernel returns it; decimal digits for a number without a name, 0 among them. */
export const errno = integerDecoder(
  'an integer',
  () => (integer) => names[Math.abs(Number(integer))] ?? String(integer),
  true,
);
