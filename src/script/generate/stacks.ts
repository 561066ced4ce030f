import { ScriptProblem } from '../resolve/problem.js';
import type { Place } from '../syntax/tree.js';
import { constant, helpers } from './function_builder.js';
import type { Destination, Lowering } from './lowering.js';
import type { Value } from './value.js';

/** Keys of hashes have at most 512 bytes before Linux 5.11. A label shows some 60 functions. */
const usualFrames = 48;
const mostFrames = 127;

/** The addresses of the functions that the kernel is in, innermost first. */
export function kernelStack(
  lowering: Lowering,
  frames: number | undefined,
  place: Place,
  into: Destination | undefined,
): Value {
  const { builder, context, hook } = lowering;
  if (frames !== undefined && !(frames >= 1 && frames <= mostFrames)) {
    throw new ScriptProblem(place, `A stack has 1 to ${mostFrames} functions`, 'Write kstack(16), or kstack alone.');
  }
  const bytes = 8 * (frames ?? usualFrames);
  const memory = into !== undefined && into.bytes >= bytes ? into.memory : lowering.temporary(bytes);
  builder.clear(memory, into !== undefined && into.bytes >= bytes ? into.bytes : bytes);
  // No event has led to a `begin`: its stack is empty.
  if (hook.context.kind !== 'none')
    builder.helper(helpers.stack, context, builder.addressOf(memory), constant(bytes), constant(0));
  return { kind: 'memory', type: { kind: 'bytes', bytes, decode: 'kstack' }, memory };
}
