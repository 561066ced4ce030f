import type { BasicBlock, Ending, Instruction, IrFunction, Operand, Register } from '../ir/program.js';
import { compared, computed, extended, swapped } from './arithmetic.js';
import { addRead, liveness, readNeeded } from './liveness.js';
import { successors, withOperands, writtenBy } from './operands.js';
import type { RegisterSet } from './register_set.js';

/** Computes what is constant, forwards copies, and removes blocks and instructions that do not matter. */
export function simplified(code: IrFunction): IrFunction {
  const once = merged(withoutUnreachable(code.blocks.map(folded)));
  const blocks = withoutUnreachable(once.map(folded));
  const { atExit } = liveness(blocks, code.registers, readNeeded);
  return { ...code, blocks: blocks.map((block, index) => needed(block, atExit[index]!)) };
}

/**
 * What somebody needs. What is computed only to be copied is computed where the copy would be.
 * @param live at the end; changed
 */
function needed({ instructions, ending }: BasicBlock, live: RegisterSet): BasicBlock {
  const kept: Instruction[] = [];
  const lastCopies = new Set<Instruction>();
  addRead(ending, live);
  for (let index = instructions.length - 1; index >= 0; index--) {
    const instruction = instructions[index]!;
    const isCopy = instruction.kind === 'set' && typeof instruction.value === 'number';
    const isLast = isCopy && !live.has(instruction.value as Register);
    if (!readNeeded(instruction, live)) continue;
    if (isLast) lastCopies.add(instruction);
    kept.push(instruction);
  }
  const result: Instruction[] = [];
  for (let index = kept.length - 1; index >= 0; index--) {
    const instruction = kept[index]!;
    const before = result.at(-1);
    const isCopyOfResult =
      instruction.kind === 'set' &&
      (before?.kind === 'operate' || before?.kind === 'extend' || before?.kind === 'swap') &&
      instruction.value === before.to &&
      lastCopies.has(instruction);
    if (isCopyOfResult) result.splice(-1, 1, { ...before, to: instruction.to });
    else result.push(instruction);
  }
  return { instructions: result, ending };
}

/** What a register is known to be: a constant, or a copy of another register. */
class Values {
  readonly #known: ({ readonly operand: Operand; readonly version: number } | undefined)[] = [];
  /** How often a register was written: a copy of what it had before is none any more. */
  readonly #versions: number[] = [];

  of = (operand: Operand): Operand => {
    if (typeof operand !== 'number') return operand;
    const known = this.#known[operand];
    if (known === undefined) return operand;
    return known.version === this.#versionOf(known.operand) ? known.operand : operand;
  };

  /** A place that takes no constant. */
  register = (register: Register): Register => {
    const known = this.of(register);
    return typeof known === 'number' ? known : register;
  };

  write(register: Register, value?: Operand): void {
    this.#versions[register] = (this.#versions[register] ?? 0) + 1;
    this.#known[register] =
      value === undefined || value === register ? undefined : { operand: value, version: this.#versionOf(value) };
  }

  #versionOf(operand: Operand): number {
    return typeof operand === 'number' ? (this.#versions[operand] ?? 0) : 0;
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
  const predecessors = new Array<number>(blocks.length).fill(0);
  for (const block of blocks) for (const next of new Set(successors(block))) predecessors[next]!++;
  for (let index = 0; index < result.length; index++) {
    for (;;) {
      const { instructions, ending } = result[index]!;
      if (ending.kind !== 'jump' || ending.block === index || ending.block === 0) break;
      if (predecessors[ending.block] !== 1) break;
      const next = result[ending.block]!;
      result[index] = { instructions: [...instructions, ...next.instructions], ending: next.ending };
      // Nothing leads there any more, and it must not be appended to what it was before.
      result[ending.block] = { instructions: [], ending: { kind: 'return', value: { constant: 0n } } };
    }
  }
  return withoutUnreachable(result);
}

/** The kernel refuses code that cannot be reached. */
function withoutUnreachable(blocks: readonly BasicBlock[]): BasicBlock[] {
  const reached = new Set([0]);
  for (const index of reached) for (const next of successors(blocks[index]!)) reached.add(next);
  if (reached.size === blocks.length) return [...blocks];
  const order = [...reached].sort((a, b) => a - b);
  const moved = new Map(order.map((old, index) => [old, index]));
  const renamed = (ending: Ending): Ending => {
    if (ending.kind === 'jump') return { ...ending, block: moved.get(ending.block)! };
    if (ending.kind !== 'branch') return ending;
    return { ...ending, then: moved.get(ending.then)!, else: moved.get(ending.else)! };
  };
  return order.map((index) => ({ ...blocks[index]!, ending: renamed(blocks[index]!.ending) }));
}
