/** `struct pt_regs`: where arguments and results are on each architecture. */
import type { KernelTypes } from '../resolve/kernel_types.js';

export interface Registers {
  /** Offsets of the first arguments. */
  readonly arguments: readonly number[];
  readonly result: number;
  readonly instruction: number;
  readonly stack: number;
  readonly names: Readonly<Record<string, number>>;
}

const x64Names = [
  'r15',
  'r14',
  'r13',
  'r12',
  'bp',
  'bx',
  'r11',
  'r10',
  'r9',
  'r8',
  'ax',
  'cx',
  'dx',
  'si',
  'di',
  'orig_ax',
  'ip',
  'cs',
  'flags',
  'sp',
  'ss',
];
const arm64Names = [...Array.from({ length: 31 }, (_, index) => `r${index}`), 'sp', 'pc', 'pstate'];

const offsets = (names: readonly string[]) => Object.fromEntries(names.map((name, index) => [name, 8 * index]));

const architectures: Readonly<Record<KernelTypes['architecture'], Registers>> = {
  x64: { arguments: [112, 104, 96, 88, 72, 64], result: 80, instruction: 128, stack: 152, names: offsets(x64Names) },
  arm64: {
    arguments: [0, 8, 16, 24, 32, 40, 48, 56],
    result: 0,
    instruction: 256,
    stack: 248,
    names: offsets(arm64Names),
  },
};

export function registersOf({ architecture }: KernelTypes): Registers {
  return architectures[architecture];
}
