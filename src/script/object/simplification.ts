import type { BasicBlock, Ending, Instruction, IrFunction, Operand, Register } from '../ir/program.js';
import { compared, computed, extended, swapped } from './arithmetic.js';
import { liveAfter } from './liveness.js';
import { isPure, successors, withOperands, writtenBy } from './operands.js';

/** Computes what is constant, forwards copies, and removes blocks and instructions that do not matter. */
export function simplified(code: IrFunction): IrFunction {
  let blocks = merged(withoutUnreachable(code.blocks.map(folded)));
  blocks = withoutUnreachable(blocks.map(folded));
  for (let isChanged = true; isChanged; ) {
    const live = liveAfter(blocks);
    const next = blocks.map((block, index) => withoutUnused(block, live(index)));
    isChanged = next.some((block, index) => block.instructions.length < blocks[index]!.instructions.length);
    blocks = next;
  }
  const live = liveAfter(blocks);
  return { ...code, blocks: blocks.map((block, index) => withoutCopies(block, live(index))) };
}

/** What is computed only to be copied is computed where the copy would be. */
function withoutCopies(block: BasicBlock, live: readonly ReadonlySet<Register>[]): BasicBlock {
  const instructions: Instruction[] = [];
  for (const [index, instruction] of block.instructions.entries()) {
    const before = instructions.at(-1);
    const isCopyOfResult =
      instruction.kind === 'set' &&
      (before?.kind === 'operate' || before?.kind === 'extend' || before?.kind === 'swap') &&
      instruction.value === before.to &&
      !live[index]!.has(before.to);
    if (isCopyOfResult) instructions.splice(-1, 1, { ...before, to: instruction.to });
    else instructions.push(instruction);
  }
  return { ...block, instructions };
}

/** What a register is known to be: a constant, or a copy of another register. */
class Values {
  readonly #known = new Map<Register, Operand>();

  of = (operand: Operand): Operand => (typeof operand === 'number' ? (this.#known.get(operand) ?? operand) : operand);

  /** A place that takes no constant. */
  register = (register: Register): Register => {
    const known = this.of(register);
    return typeof known === 'number' ? known : register;
  };

  write(register: Register, value?: Operand): void {
    this.#known.delete(register);
    for (const [copy, original] of this.#known) if (original === register) this.#known.delete(copy);
    if (value !== undefined && value !== register) this.#known.set(register, value);
  }
}

function folded(block: BasicBlock): BasicBlock {
  const values = new Values();
  const instructions = block.instructions.map((original): Instruction => {
    const instruction = constantOf(withOperands(original, values.of, values.register), values);
    const to = writtenBy(instruction);
    if (to !== undefined) values.write(to, instruction.kind === 'set' ? instruction.value : undefined);
    return instruction;
  });
  return { instructions, ending: decided(block.ending, values) };
}

function constantOf(instruction: Instruction, values: Values): Instruction {
  const place = instruction.place === undefined ? {} : { place: instruction.place };
  const set = (to: Register, constant: bigint): Instruction => ({ ...place, kind: 'set', to, value: { constant } });
  if (instruction.kind === 'operate') {
    const { operation, bits, to, left, right } = instruction;
    if (typeof left === 'object' && typeof right === 'object')
      return set(to, computed(operation, bits, left.constant, right.constant));
  }
  if (instruction.kind === 'extend' || instruction.kind === 'swap') {
    const from = values.of(instruction.from);
    if (typeof from === 'number') return instruction;
    return instruction.kind === 'extend'
      ? set(instruction.to, extended(from.constant, instruction.width, instruction.isSigned))
      : set(instruction.to, swapped(from.constant, instruction.bits));
  }
  return instruction;
}

function decided(original: Ending, values: Values): Ending {
  const ending = withOperands(original, values.of, values.register);
  if (ending.kind !== 'branch') return ending;
  const left = values.of(ending.left);
  if (typeof left === 'number' || typeof ending.right === 'number') return ending;
  const isTrue = compared(ending.comparison, ending.bits, left.constant, ending.right.constant);
  const place = ending.place === undefined ? {} : { place: ending.place };
  return { ...place, kind: 'jump', block: isTrue ? ending.then : ending.else };
}

/** Appends a block to the only one that leads to it. What is known in one is then known in the other. */
function merged(blocks: readonly BasicBlock[]): BasicBlock[] {
  const result = [...blocks];
  for (let index = 0; index < result.length; index++) {
    for (;;) {
      const { instructions, ending } = result[index]!;
      if (ending.kind !== 'jump' || ending.block === index || ending.block === 0) break;
      const next = result[ending.block]!;
      const predecessors = result.filter((block) => successors(block).includes(ending.block));
      if (predecessors.length !== 1) break;
      result[index] = { instructions: [...instructions, ...next.instructions], ending: next.ending };
      // Nothing leads there any more: it must not count as a predecessor.
      result[ending.block] = { instructions: [], ending: { kind: 'return', value: { constant: 0n } } };
    }
  }
  return withoutUnreachable(result);
}

/** The kernel refuses code that cannot be reached. */
function withoutUnreachable(blocks: readonly BasicBlock[]): BasicBlock[] {
  const reached = new Set([0]);
  for (const index of reached) for (const next of successors(blocks[index]!)) reached.add(next);
  const order = [...reached].sort((a, b) => a - b);
  const moved = new Map(order.map((old, index) => [old, index]));
  const renamed = (ending: Ending): Ending => {
    if (ending.kind === 'jump') return { ...ending, block: moved.get(ending.block)! };
    if (ending.kind !== 'branch') return ending;
    return { ...ending, then: moved.get(ending.then)!, else: moved.get(ending.else)! };
  };
  return order.map((index) => ({ ...blocks[index]!, ending: renamed(blocks[index]!.ending) }));
}

function withoutUnused(block: BasicBlock, live: readonly ReadonlySet<Register>[]): BasicBlock {
  const instructions = block.instructions.filter((instruction, index) => {
    const to = writtenBy(instruction);
    return to === undefined || live[index]!.has(to) || !isPure(instruction);
  });
  return { ...block, instructions };
}
