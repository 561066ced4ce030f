/** Texts as bytes. */
import { roundUp, storedSize } from '../check/value_type.js';
import { textOf } from './conversion.js';
import { constant, type Memory, shifted } from './function_builder.js';
import type { Lowering } from './lowering.js';
import type { Value } from './value.js';

/**
 * Writes the first bytes of a text, and zeroes after its end.
 * @param memory of `bytes` bytes, rounded up to a multiple of 8
 * @returns false if the value is no text that the program has: nothing was written
 */
export function copyText(lowering: Lowering, value: Value, bytes: number, memory: Memory): boolean {
  if (value.kind !== 'literal' && value.kind !== 'memory') return false;
  const text = textOf(lowering, value);
  if (text === undefined) return false;
  const { builder } = lowering;
  const written = Buffer.alloc(roundUp(bytes));
  if (text.kind === 'literal') text.text.copy(written, 0, 0, bytes);
  for (let at = 0; at < bytes; at += 8) {
    if (text.kind === 'literal' || at >= storedSize(text.type)) {
      builder.store(shifted(memory, at), constant(written.readBigUInt64LE(at)));
      continue;
    }
    const word = builder.load(shifted(text.memory, at));
    const rest = bytes - at;
    const own = rest >= 8 ? word : builder.operate('and', word, constant((1n << BigInt(8 * rest)) - 1n));
    builder.store(shifted(memory, at), own);
  }
  return true;
}
