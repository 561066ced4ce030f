import type { BasicBlock, Ending, Instruction } from '../ir/program.js';
import { isPure, operandsOf, successors, writtenBy } from './operands.js';
import { RegisterSet } from './register_set.js';

/** By block: the registers that are needed when it begins, and after its ending. */
export interface Liveness {
  readonly atEntry: readonly RegisterSet[];
  readonly atExit: readonly RegisterSet[];
}

/**
 * Which registers are read later.
 * @param step goes over an instruction toward the beginning: `readAll` or `readNeeded`
 */
export function liveness(
  blocks: readonly BasicBlock[],
  registers: number,
  step: (instruction: Instruction, live: RegisterSet) => void,
): Liveness {
  const atEntry = blocks.map(() => RegisterSet.of(registers));
  const atExit = blocks.map(() => RegisterSet.of(registers));
  const predecessors: number[][] = blocks.map(() => []);
  for (let index = 0; index < blocks.length; index++)
    for (const next of successors(blocks[index]!)) predecessors[next]!.push(index);
  const waiting = blocks.map((_, index) => index);
  while (waiting.length > 0) {
    const index = waiting.pop()!;
    const { instructions, ending } = blocks[index]!;
    const live = atExit[index]!.copy();
    addRead(ending, live);
    for (let at = instructions.length - 1; at >= 0; at--) step(instructions[at]!, live);
    atEntry[index] = live;
    for (const before of predecessors[index]!) {
      if (atExit[before]!.addAll(live) && !waiting.includes(before)) waiting.push(before);
    }
  }
  return { atEntry, atExit };
}

/**
 * Goes over an instruction, whether or not it matters.
 * @param live what is needed after it; becomes what is needed before it
 */
export function readAll(instruction: Instruction, live: RegisterSet): void {
  const to = writtenBy(instruction);
  if (to !== undefined) live.delete(to);
  addRead(instruction, live);
}

/**
 * Goes over an instruction. One whose result nobody needs reads nothing.
 * @param live what is needed after it; becomes what is needed before it
 * @returns whether it is needed
 */
export function readNeeded(instruction: Instruction, live: RegisterSet): boolean {
  const to = writtenBy(instruction);
  if (to !== undefined && !live.has(to) && isPure(instruction)) return false;
  readAll(instruction, live);
  return true;
}

export function addRead(instruction: Instruction | Ending, live: RegisterSet): void {
  const operands = operandsOf(instruction);
  for (let index = 0; index < operands.length; index++) {
    const operand = operands[index]!;
    if (typeof operand === 'number') live.add(operand);
  }
}
