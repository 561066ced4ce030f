import { integerDecoder } from '../decoder.js';
import { namesByNumber } from '../names/number_names.js';

const names = namesByNumber([
  [
    1,
    `ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING NEW_SYN_RECV
     BOUND_INACTIVE`,
  ],
]);

/** The state of a TCP socket, as the kernel names it, without `TCP_`; decimal digits for a number without a name. */
export const tcpState = integerDecoder('an integer', () => (integer) => names[Number(integer)] ?? String(integer));
