import type { Comparison } from '../ir/program.js';
import { type BpfInstruction, places } from './bytecode.js';

/** Jumps whose distance is known when the whole function is there. */
export class OpenJumps {
  readonly #name: string;
  readonly #jumps: { readonly index: number; readonly block: number }[] = [];

  /** @param name of the function */
  constructor(name: string) {
    this.#name = name;
  }

  /** @param index of the instruction that jumps to a block */
  add(index: number, block: number): void {
    this.#jumps.push({ index, block });
  }

  /**
   * The instructions with the distances of their jumps.
   * @param starts of the blocks, in places
   * @throws Error if a jump is too long
   */
  closed(instructions: readonly BpfInstruction[], starts: readonly number[]): BpfInstruction[] {
    const positions: number[] = [];
    let position = 0;
    for (const instruction of instructions) {
      positions.push(position);
      position += places(instruction);
    }
    const result = [...instructions];
    for (const { index, block } of this.#jumps) {
      const offset = starts[block]! - positions[index]! - 1;
      if (offset < -0x8000 || offset > 0x7fff) throw new Error(`Function ${this.#name} is too long for a jump`);
      result[index] = { ...result[index]!, offset };
    }
    return result;
  }
}

const opposites: Readonly<Record<Exclude<Comparison, 'anyBit'>, Exclude<Comparison, 'anyBit'>>> = {
  equal: 'unequal',
  unequal: 'equal',
  below: 'atLeast',
  atMost: 'above',
  above: 'atMost',
  atLeast: 'below',
  signedBelow: 'signedAtLeast',
  signedAtMost: 'signedAbove',
  signedAbove: 'signedAtMost',
  signedAtLeast: 'signedBelow',
};

/** What holds where a comparison does not. */
export function opposite(comparison: Comparison): Comparison {
  return comparison === 'anyBit' ? comparison : opposites[comparison];
}
