import { integerDecoder } from '../decoder.js';

/** `false` for 0, `true` for everything else. */
export const bool = integerDecoder(
  'an integer, enum, bool or pointer',
  () => (integer) => (Number(integer) === 0 ? 'false' : 'true'),
);
