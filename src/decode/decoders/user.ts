import { join } from 'node:path';
import { AccountFile } from './account_file.js';
import { integerDecoder, perContext } from './decoder.js';

const accounts = perContext((context) => new AccountFile(join(context.roots.etc, 'passwd'), context));

/** The name of a user id in the host's /etc/passwd; decimal digits for an id that is not there. */
export const user = integerDecoder(
  'an integer',
  (context) => {
    const table = accounts(context);
    return (integer) => table.nameOf(Number(integer));
  },
  false,
);
