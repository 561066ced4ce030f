import { integerDecoder } from './decoder.js';
import { namesByNumber } from './named_numbers.js';

/** The numbers of x86 and arm64. */
const names = namesByNumber([
  [
    1,
    `SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM
     SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO
     SIGPWR SIGSYS`,
  ],
]);

// The C library keeps 32 and 33 for itself, so that programs and `kill -l` call 34 the first real-time signal.
const firstRealTime = 34;
const lastRealTime = 64;

/** `SIGKILL`, `SIGRTMIN+2`; decimal digits for a number without a name, 0 among them. */
export const signal = integerDecoder('an integer', () => (integer) => {
  const number = Number(integer);
  const name = names[number];
  if (name !== undefined) return name;
  if (number < firstRealTime || number > lastRealTime) return String(integer);
  return number === firstRealTime ? 'SIGRTMIN' : `SIGRTMIN+${number - firstRealTime}`;
});
