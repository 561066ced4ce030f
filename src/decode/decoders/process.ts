import { integerDecoder } from '../decoder.js';
import { processNames } from '../names/process_names.js';

/** The command of a process that still runs, by its PID; decimal digits for any other number. */
export const processCommand = integerDecoder(
  'an integer',
  (context) => {
    const names = processNames(context);
    return (integer) => names.nameOf(integer);
  },
  false,
);
