import type {
  BasicBlock,
  Comparison,
  Ending,
  Instruction,
  IrFunction,
  Operand,
  Operation,
  Register,
  Width,
} from '../../../src/script/ir/program.js';

const operations: readonly Operation[] = [
  'add', 'sub', 'mul', 'div', 'signedDiv', 'mod', 'signedMod',
  'and', 'or', 'xor', 'shiftLeft', 'shiftRight', 'signedShiftRight',
]; // biome-ignore format: a table
const comparisons: readonly Comparison[] = [
  'equal', 'unequal', 'below', 'atMost', 'above', 'atLeast',
  'signedBelow', 'signedAtMost', 'signedAbove', 'signedAtLeast', 'anyBit',
]; // biome-ignore format: a table
const widths: readonly Width[] = [1, 2, 4, 8];
const constants = [
  0n,
  1n,
  2n,
  7n,
  31n,
  32n,
  63n,
  64n,
  255n,
  -1n,
  -2n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  1n << 40n,
  1n << 63n,
];

/** Numbers in a repeatable order (xorshift). */
export class Choices {
  constructor(private state: number) {}

  below(limit: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % limit;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

/** A function of one parameter. It reads only what it has written on every path, jumps only forward but for one bounded loop, and uses few or many registers. */
export function randomFunction(choices: Choices): IrFunction {
  const count = 2 + choices.below(16);
  const blocks: BasicBlock[] = [];
  const blockCount = 1 + choices.below(6);
  const slots = [{ bytes: 8 }, { bytes: 64 }];
  // All are written at the beginning: any path may read them.
  const first: Instruction[] = [];
  for (let register = 1; register < count; register++)
    first.push({ kind: 'set', to: register, value: operand(choices, register) });
  const counter = count;
  const address = count + 1;
  first.push({ kind: 'set', to: counter, value: { constant: BigInt(1 + choices.below(4)) } });
  first.push({ kind: 'slotAddress', to: address, slot: 0, offset: 0 });
  first.push({ kind: 'store', base: address, offset: 0, width: 8, value: operand(choices, count) });
  for (let index = 0; index < blockCount; index++) {
    const instructions = index === 0 ? first : [];
    for (let i = choices.below(8); i > 0; i--) instructions.push(instruction(choices, count, address));
    blocks.push({ instructions, ending: ending(choices, index, blockCount, count) });
  }
  if (blockCount > 2 && choices.below(2) === 0) loopBack(blocks, choices, counter);
  return { name: 'random', section: 'raw_tp/x', parameters: [0], registers: count + 2, slots, blocks };
}

/** A block near the end jumps back until the counter is 0. */
function loopBack(blocks: BasicBlock[], choices: Choices, counter: Register): void {
  const last = blocks.length - 2;
  const target = 1 + choices.below(last);
  const { instructions } = blocks[last]!;
  const count: Instruction = {
    kind: 'operate',
    operation: 'sub',
    bits: 64,
    to: counter,
    left: counter,
    right: { constant: 1n },
  };
  blocks[last] = {
    instructions: [...instructions, count],
    ending: {
      kind: 'branch',
      comparison: 'signedAbove',
      bits: 64,
      left: counter,
      right: { constant: 0n },
      then: target,
      else: last + 1,
    },
  };
}

function operand(choices: Choices, count: number): Operand {
  return choices.below(3) === 0 ? { constant: choices.of(constants) } : choices.below(count);
}

function instruction(choices: Choices, count: number, address: Register): Instruction {
  const to = choices.below(count);
  const from = choices.below(count);
  const bits = choices.of([32, 64] as const);
  switch (choices.below(9)) {
    case 0:
      return { kind: 'set', to, value: operand(choices, count) };
    case 1:
      return { kind: 'extend', to, from, width: choices.of(widths), isSigned: choices.below(2) === 0 };
    case 2:
      return { kind: 'swap', to, from, bits: choices.of([16, 32, 64] as const) };
    case 3:
      return { kind: 'store', base: address, offset: 0, width: choices.of(widths), value: operand(choices, count) };
    case 4:
      return {
        kind: 'load',
        to,
        base: address,
        offset: 0,
        width: choices.of(widths),
        isSigned: choices.below(2) === 0,
      };
    case 5:
      return { kind: 'helper', to, helper: 1, arguments: Array.from({ length: 5 }, () => operand(choices, count)) };
    default:
      return {
        kind: 'operate',
        operation: choices.of(operations),
        bits,
        to,
        left: operand(choices, count),
        right: operand(choices, count),
      };
  }
}

function ending(choices: Choices, index: number, blockCount: number, count: number): Ending {
  if (index === blockCount - 1) return { kind: 'return', value: operand(choices, count) };
  const later = () => index + 1 + choices.below(blockCount - index - 1);
  if (choices.below(3) === 0) return { kind: 'jump', block: later() };
  return {
    kind: 'branch',
    comparison: choices.of(comparisons),
    bits: choices.of([32, 64] as const),
    left: choices.below(count),
    right: operand(choices, count),
    then: later(),
    else: later(),
  };
}
