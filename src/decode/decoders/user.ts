import { join } from 'node:path';
import { integerDecoder } from '../decoder.js';
import { AccountFile } from '../names/account_file.js';
import { perContext } from '../per_context.js';

const accounts = perContext((context) => new AccountFile(join(context.roots.etc, 'passwd'), context));

/** The name of a user id in the host's /etc/passwd; decimal digits for an unknown id. */
export const user = integerDecoder(
  'an integer',
  (context) => {
    const table = accounts(context);
    return (integer) => table.nameOf(Number(integer));
  },
  false,
);
