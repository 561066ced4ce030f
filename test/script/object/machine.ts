import type { Comparison, Operation } from '../../../src/script/ir/program.js';
import { compared, computed, swapped } from '../../../src/script/object/arithmetic.js';
import { encode } from '../../../src/script/object/bytecode.js';
import type { LoweredFunction } from '../../../src/script/object/lowered_function.js';

const stackBase = 1n << 40n;
const stackBytes = 512;
const operations: Readonly<Record<number, Operation>> = {
  0: 'add',
  1: 'sub',
  2: 'mul',
  3: 'div',
  4: 'or',
  5: 'and',
  6: 'shiftLeft',
  7: 'shiftRight',
  9: 'mod',
  10: 'xor',
  12: 'signedShiftRight',
};
const comparisons: Readonly<Record<number, Comparison>> = {
  1: 'equal',
  2: 'above',
  3: 'atLeast',
  4: 'anyBit',
  5: 'unequal',
  6: 'signedAbove',
  7: 'signedAtLeast',
  10: 'below',
  11: 'atMost',
  12: 'signedBelow',
  13: 'signedAtMost',
};

/**
 * Runs BPF bytecode: arithmetic, jumps and the stack. A helper adds up its five arguments, after which r1 to r5 hold nothing of use. As the
 * kernel's verifier, it refuses to read what was not written.
 */
export function runBytecode({ instructions }: LoweredFunction, parameters: readonly bigint[]): bigint {
  const code = new DataView(encode(instructions).buffer);
  const registers = new Array<bigint | undefined>(11).fill(undefined);
  for (const [index, value] of parameters.entries()) registers[index + 1] = value;
  registers[10] = stackBase + BigInt(stackBytes);
  const stack = new DataView(new ArrayBuffer(stackBytes));
  const read = (register: number): bigint => {
    const value = registers[register];
    if (value === undefined) throw new Error(`r${register} was not written`);
    return value;
  };
  let at = 0;
  for (let steps = 0; steps < 100_000; steps++) {
    const opcode = code.getUint8(8 * at);
    const to = code.getUint8(8 * at + 1) & 15;
    const from = code.getUint8(8 * at + 1) >> 4;
    const offset = code.getInt16(8 * at + 2, true);
    const constant = code.getInt32(8 * at + 4, true);
    const kind = opcode & 7;
    const operand = () => (opcode & 8 ? read(from) : BigInt.asUintN(64, BigInt(constant)));
    const address = (register: number) => Number(read(register) + BigInt(offset) - stackBase);
    const width = ({ 16: 1, 8: 2, 0: 4, 24: 8 } as const)[opcode & 0x18]!;
    at++;
    if (opcode === 0x95) return read(0);
    if (opcode === 0x85) {
      registers[0] = BigInt.asUintN(
        64,
        [1, 2, 3, 4, 5].reduce((sum, one) => sum + BigInt(one) * read(one), 0n),
      );
      for (let one = 1; one <= 5; one++) registers[one] = undefined;
    } else if (opcode === 0x18) {
      registers[to] = BigInt.asUintN(32, BigInt(constant)) | (BigInt(code.getUint32(8 * at + 4, true)) << 32n);
      at++;
    } else if (opcode === 0xdc) {
      registers[to] = swapped(read(to), constant as 16 | 32 | 64);
    } else if (kind === 4 || kind === 7) {
      const bits = kind === 7 ? 64 : 32;
      const operation = operations[opcode >> 4];
      registers[to] =
        operation === undefined ? BigInt.asUintN(bits, operand()) : computed(operation, bits, read(to), operand());
    } else if (kind === 5 || kind === 6) {
      const comparison = comparisons[opcode >> 4];
      if (comparison === undefined || compared(comparison, kind === 5 ? 64 : 32, read(to), operand())) at += offset;
    } else if (kind === 1) {
      registers[to] = loadFrom(stack, address(from), width);
    } else {
      storeInto(stack, address(to), width, kind === 2 ? BigInt.asUintN(64, BigInt(constant)) : read(from));
    }
  }
  throw new Error('It does not end');
}

export function loadFrom(memory: DataView, at: number, width: number): bigint {
  let value = 0n;
  for (let index = width - 1; index >= 0; index--) value = (value << 8n) | BigInt(memory.getUint8(at + index));
  return value;
}

export function storeInto(memory: DataView, at: number, width: number, value: bigint): void {
  for (let index = 0; index < width; index++) memory.setUint8(at + index, Number((value >> BigInt(8 * index)) & 255n));
}
