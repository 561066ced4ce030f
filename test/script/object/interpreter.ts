import type { Instruction, IrFunction, Operand, Register } from '../../../src/script/ir/program.js';
import { compared, computed, extended, swapped } from '../../../src/script/object/arithmetic.js';
import { loadFrom, storeInto } from './machine.js';

/** Runs the intermediate form itself, on as many registers as it has. Its helper is that of `runBytecode`. */
export function interpret(code: IrFunction, parameters: readonly bigint[]): bigint {
  const registers = new Map<Register, bigint>();
  for (const [index, register] of code.parameters.entries()) registers.set(register, parameters[index]!);
  const starts = code.slots.map((_, index) => 64 * index);
  const memory = new DataView(new ArrayBuffer(64 * code.slots.length));
  const of = (operand: Operand): bigint =>
    typeof operand === 'object' ? BigInt.asUintN(64, operand.constant) : registers.get(operand)!;

  const run = (instruction: Instruction): void => {
    switch (instruction.kind) {
      case 'set':
        registers.set(instruction.to, of(instruction.value));
        break;
      case 'operate': {
        const { operation, bits, to, left, right } = instruction;
        registers.set(to, computed(operation, bits, of(left), of(right)));
        break;
      }
      case 'extend':
        registers.set(instruction.to, extended(of(instruction.from), instruction.width, instruction.isSigned));
        break;
      case 'swap':
        registers.set(instruction.to, swapped(of(instruction.from), instruction.bits));
        break;
      case 'slotAddress':
        registers.set(instruction.to, BigInt(starts[instruction.slot]! + instruction.offset));
        break;
      case 'load': {
        const value = loadFrom(memory, Number(of(instruction.base)) + instruction.offset, instruction.width);
        registers.set(instruction.to, extended(value, instruction.width, instruction.isSigned));
        break;
      }
      case 'store':
        storeInto(memory, Number(of(instruction.base)) + instruction.offset, instruction.width, of(instruction.value));
        break;
      case 'helper': {
        const sum = instruction.arguments.reduce<bigint>((all, one, index) => all + BigInt(index + 1) * of(one), 0n);
        if (instruction.to !== undefined) registers.set(instruction.to, BigInt.asUintN(64, sum));
        break;
      }
      default:
        throw new Error(`no ${instruction.kind} here`);
    }
  };

  for (let block = 0, steps = 0; steps < 10_000; steps++) {
    const { instructions, ending } = code.blocks[block]!;
    for (const instruction of instructions) run(instruction);
    if (ending.kind === 'return') return of(ending.value);
    if (ending.kind === 'jump') block = ending.block;
    else
      block = compared(ending.comparison, ending.bits, of(ending.left), of(ending.right)) ? ending.then : ending.else;
  }
  throw new Error('It does not end');
}
