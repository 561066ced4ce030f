import type { BasicBlock, Register } from '../ir/program.js';
import { readBy, successors, writtenBy } from './operands.js';

/**
 * Which registers are read later.
 * @returns by block: for each of its instructions, and for its ending as one more, the registers that are needed after it
 */
export function liveAfter(blocks: readonly BasicBlock[]): (block: number) => readonly ReadonlySet<Register>[] {
  const atEntry = blocks.map(() => new Set<Register>());
  const atExit = (block: BasicBlock) => new Set(successors(block).flatMap((next) => [...atEntry[next]!]));
  for (let isChanged = true; isChanged; ) {
    isChanged = false;
    for (let index = blocks.length - 1; index >= 0; index--) {
      const block = blocks[index]!;
      const live = atExit(block);
      for (const register of readBy(block.ending)) live.add(register);
      for (const instruction of block.instructions.toReversed()) step(instruction, live);
      if (live.size > atEntry[index]!.size) {
        atEntry[index] = live;
        isChanged = true;
      }
    }
  }
  return (index) => {
    const block = blocks[index]!;
    const live = atExit(block);
    const result: ReadonlySet<Register>[] = [new Set(live)];
    for (const register of readBy(block.ending)) live.add(register);
    for (const instruction of block.instructions.toReversed()) {
      result.unshift(new Set(live));
      step(instruction, live);
    }
    return result;
  };
}

function step(instruction: BasicBlock['instructions'][number], live: Set<Register>): void {
  const to = writtenBy(instruction);
  if (to !== undefined) live.delete(to);
  for (const register of readBy(instruction)) live.add(register);
}
