import { join } from 'node:path';
import { AccountFile } from './account_file.js';
import { integerDecoder, perContext } from './decoder.js';

const accounts = perContext((context) => new AccountFile(join(context.roots.etc, 'group'), context));

/** The name of a group id in the host's /etc/group; decimal digits for an id that is not there. */
export const group = integerDecoder(
  'an integer',
  (context) => {
    const table = accounts(context);
    return (integer) => table.nameOf(Number(integer));
  },
  false,
);
