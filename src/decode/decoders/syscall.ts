import { integerDecoder, perContext } from './decoder.js';
import { namesByNumber } from './named_numbers.js';
import { arm64Calls, x32Calls, x86Calls } from './syscall_names.js';

const x32Bit = 0x40000000;

/** Indexes that bpf/include/syscall.h puts behind the numbers, for calls that have no name in the 64-bit table. */
const unnamed = ['compat', 'x32', 'none', 'unknown'];
const firstUnnamed = 512;

const tables = perContext(({ arch }) => ({
  names: arch === 'x64' ? namesByNumber(x86Calls) : arch === 'arm64' ? namesByNumber(arm64Calls) : [],
  x32Names: arch === 'x64' ? namesByNumber(x86Calls, x32Calls) : [],
}));

/**
 * The name of a system call of a 64-bit program of this machine, `syscall_999` for a number without one. Knows the bit
 * that marks x32 calls, and the extra indexes of bpf/include/syscall.h.
 */
export const syscall = integerDecoder('an integer', (context) => {
  const { names, x32Names } = tables(context);
  return (integer) => {
    const number = Number(integer);
    const name =
      names[number] ?? unnamed[number - firstUnnamed] ?? (number & x32Bit ? x32Names[number - x32Bit] : undefined);
    return name ?? `syscall_${integer}`;
  };
});
