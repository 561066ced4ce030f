import { integerDecoder } from '../decoder.js';
import { namesByNumber } from '../names/number_names.js';
import { arm64Calls, x32Calls, x86Calls } from '../names/syscall_names.js';
import { perContext } from '../per_context.js';

const x32Bit = 0x40000000;

const tables = perContext(({ arch }) => ({
  names: arch === 'x64' ? namesByNumber(x86Calls) : arch === 'arm64' ? namesByNumber(arm64Calls) : [],
  x32Names: arch === 'x64' ? namesByNumber(x86Calls, x32Calls) : [],
}));

/**
 * The name of a system call of this machine's 64-bit programs; `syscall_999` for a number without one. On x86-64, numbers
 * with the x32 bit have the names of x32 calls.
 */
export const syscall = integerDecoder('an integer', (context) => {
  const { names, x32Names } = tables(context);
  return (integer) => {
    const number = Number(integer);
    const name = names[number] ?? (number & x32Bit ? x32Names[number - x32Bit] : undefined);
    return name ?? `syscall_${integer}`;
  };
});
