import { integerDecoder } from '../decoder.js';
import { namesByNumber } from '../names/number_names.js';

/** The numbers of x86 and arm64. */
const names = namesByNumber([
  [
    1,
    `SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM
     SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO
     SIGPWR SIGSYS`,
  ],
]);

// The C library reserves 32 and 33, so programs and `kill -l` start the real-time signals at 34.
const firstRealTime = 34;
const lastRealTime = 64;

/** `SIGKILL`, `SIGRTMIN+2`; decimal digits for a number without a name, such as 0. */
export const signal = integerDecoder('an integer', () => (integer) => {
  const number = Number(integer);
  const name = names[number];
  if (name !== undefined) return name;
  if (number < firstRealTime || number > lastRealTime) return String(integer);
  return number === firstRealTime ? 'SIGRTMIN' : `SIGRTMIN+${number - firstRealTime}`;
});
