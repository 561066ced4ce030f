import type { BasicBlock, Ending, Instruction, Operand, Register } from '../ir/program.js';

/** The registers that an instruction or the ending of a block reads. */
export function readBy(instruction: Instruction | Ending): Register[] {
  return operandsOf(instruction).filter((operand) => typeof operand === 'number');
}

function operandsOf(instruction: Instruction | Ending): readonly Operand[] {
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
      return [];
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
  const copy = { ...instruction } as Record<string, unknown>;
  if ('value' in instruction) copy.value = replace(instruction.value);
  if ('right' in instruction) copy.right = replace(instruction.right);
  if ('left' in instruction) {
    copy.left =
      instruction.kind === 'branch'
        ? replaceRegister(instruction.left)
        : replace((instruction as { left: Operand }).left);
  }
  if ('from' in instruction) copy.from = replaceRegister(instruction.from);
  if ('base' in instruction) copy.base = replaceRegister(instruction.base);
  if ('arguments' in instruction) copy.arguments = instruction.arguments.map(replace);
  return copy as unknown as Kind;
}
