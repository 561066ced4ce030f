import type { BasicBlock, Ending, Instruction, Operand, Register } from '../ir/program.js';

const none: readonly Operand[] = [];

/** The registers and constants that an instruction or the ending of a block reads. */
export function operandsOf(instruction: Instruction | Ending): readonly Operand[] {
  switch (instruction.kind) {
    case 'set':
      return [instruction.value];
    case 'operate':
    case 'branch':
      return [instruction.left, instruction.right];
    case 'extend':
    case 'swap':
      return [instruction.from];
    case 'load':
      return [instruction.base];
    case 'store':
    case 'addAtomically':
      return [instruction.base, instruction.value];
    case 'helper':
    case 'call':
      return instruction.arguments;
    case 'return':
      return [instruction.value];
    default:
      return none;
  }
}

/** The register that an instruction writes. */
export function writtenBy(instruction: Instruction): Register | undefined {
  return 'to' in instruction ? instruction.to : undefined;
}

/** Whether it does nothing but write its register. */
export function isPure({ kind }: Instruction): boolean {
  return kind !== 'store' && kind !== 'addAtomically' && kind !== 'helper' && kind !== 'call';
}

/** Whether a call leaves only the registers that the callee keeps. */
export function isCall({ kind }: Instruction): boolean {
  return kind === 'helper' || kind === 'call';
}

/** The blocks that may follow. */
export function successors({ ending }: BasicBlock): readonly number[] {
  if (ending.kind === 'jump') return [ending.block];
  return ending.kind === 'branch' ? [ending.then, ending.else] : [];
}

/** The same instruction with its operands replaced. */
export function withOperands<Kind extends Instruction | Ending>(
  instruction: Kind,
  replace: (operand: Operand) => Operand,
  replaceRegister: (register: Register) => Register,
): Kind {
  const one: Instruction | Ending = instruction;
  switch (one.kind) {
    case 'set':
    case 'return': {
      const value = replace(one.value);
      return value === one.value ? instruction : { ...instruction, value };
    }
    case 'operate': {
      const [left, right] = [replace(one.left), replace(one.right)];
      return left === one.left && right === one.right ? instruction : { ...instruction, left, right };
    }
    case 'branch': {
      const [left, right] = [replaceRegister(one.left), replace(one.right)];
      return left === one.left && right === one.right ? instruction : { ...instruction, left, right };
    }
    case 'extend':
    case 'swap': {
      const from = replaceRegister(one.from);
      return from === one.from ? instruction : { ...instruction, from };
    }
    case 'load': {
      const base = replaceRegister(one.base);
      return base === one.base ? instruction : { ...instruction, base };
    }
    case 'store':
    case 'addAtomically': {
      const [base, value] = [replaceRegister(one.base), replace(one.value)];
      return base === one.base && value === one.value ? instruction : { ...instruction, base, value };
    }
    case 'helper':
    case 'call':
      return { ...instruction, arguments: one.arguments.map(replace) };
    default:
      return instruction;
  }
}
