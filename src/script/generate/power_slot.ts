/** The slot of a number in a histogram whose intervals double. */
import type { Operand, Register } from '../ir/program.js';
import { constant, type FunctionBuilder } from './function_builder.js';

/**
 * 0 for negative numbers, n + 1 below 2^bits, then 2^bits slots for each power of two. Not a function of the program: where the kernel
 * guards returns, a call takes as long as all of this.
 */
export function powerSlot(builder: FunctionBuilder, value: Operand, bits: number): Register {
  const slot = builder.register();
  const [notNegative, small, large, end] = [builder.block(), builder.block(), builder.block(), builder.block()];
  const intervals = 1 << bits;
  builder.set(slot, constant(0));
  builder.branch('signedBelow', value, constant(0), end, notNegative);
  builder.continueIn(notNegative);
  builder.branch('below', value, constant(intervals), small, large);
  builder.continueIn(small);
  builder.set(slot, builder.operate('add', value, constant(1)));
  builder.jump(end);
  builder.continueIn(large);
  const order = logarithm(builder, value);
  if (bits === 0) builder.set(slot, builder.operate('add', order, constant(2)));
  else {
    const above = builder.operate('sub', order, constant(bits));
    const within = builder.operate('and', builder.operate('shiftRight', value, above), constant(intervals - 1));
    const first = builder.operate('shiftLeft', builder.operate('add', above, constant(1)), constant(bits));
    builder.set(slot, builder.operate('add', builder.operate('add', first, within), constant(1)));
  }
  builder.jump(end);
  builder.continueIn(end);
  return slot;
}

/** The number of the highest bit. BPF has no instruction for it. */
function logarithm(builder: FunctionBuilder, value: Operand): Register {
  const order = builder.register();
  const rest = builder.register();
  builder.set(order, constant(0));
  builder.set(rest, value);
  for (const step of [32, 16, 8, 4, 2, 1]) {
    const [high, next] = [builder.block(), builder.block()];
    builder.branch('atLeast', rest, constant(1n << BigInt(step)), high, next);
    builder.continueIn(high);
    builder.set(order, builder.operate('add', order, constant(step)));
    builder.set(rest, builder.operate('shiftRight', rest, constant(step)));
    builder.jump(next);
    builder.continueIn(next);
  }
  return order;
}
