import { integerDecoder } from '../decoder.js';
import { errorNames } from '../names/error_names.js';
import { namesByNumber } from '../names/number_names.js';

const names = namesByNumber(errorNames);

/** `ENOENT` for 2 and for -2, as the kernel returns it; decimal digits for a number without a name, such as 0. */
export const errno = integerDecoder(
  'an integer',
  () => (integer) => names[Math.abs(Number(integer))] ?? String(integer),
  true,
);
