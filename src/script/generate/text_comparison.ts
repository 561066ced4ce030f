/** Texts, tuples and other bytes are equal if their words are. Bytes after the NUL of a text are zero. */
import { roundUp, storedSize, valueText } from '../check/value_type.js';
import type { Operand } from '../ir/program.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Place } from '../syntax/tree.js';
import { copied, textOf } from './conversion.js';
import { constant, shifted } from './function_builder.js';
import type { Lowering } from './lowering.js';
import type { Value } from './value.js';

export function isComparedAsBytes(value: Value): boolean {
  return value.kind === 'literal' || value.kind === 'memory' || value.kind === 'object';
}

/**
 * A register that is 0 if both are equal.
 * @param first compare only so many bytes, as strncmp(3) does; undefined: all
 */
export function compareBytes(lowering: Lowering, a: Value, b: Value, place: Place, first?: number): Operand {
  const left = operand(lowering, a, place);
  const right = operand(lowering, b, place);
  const isTuple = a.type.kind === 'tuple' && b.type.kind === 'tuple';
  if (left === undefined || right === undefined || (isTuple && !isComparable(a, b))) {
    throw new ScriptProblem(
      place,
      `${valueText(a.type)} and ${valueText(b.type)} cannot be compared`,
      'Compare values of the same type.',
    );
  }
  // Beyond the end of the shorter text there are only zeroes, or the texts differ.
  const bytes = Math.min(first ?? Number.POSITIVE_INFINITY, Math.max(left.bytes, right.bytes));
  const { builder } = lowering;
  let difference: Operand = constant(0);
  for (let at = 0; at < bytes; at += 8) {
    const mask = bytes - at >= 8 ? undefined : constant((1n << BigInt(8 * (bytes - at))) - 1n);
    const word = builder.operate('xor', left.word(at), right.word(at));
    const masked = mask === undefined ? word : builder.operate('and', word, mask);
    difference = at === 0 ? masked : builder.operate('or', difference, masked);
  }
  return difference;
}

function isComparable(a: Value, b: Value): boolean {
  if (a.type.kind !== 'tuple' || b.type.kind !== 'tuple' || a.type.elements.length !== b.type.elements.length)
    return false;
  return a.type.elements.every(
    (element, index) => storedSize(element) === storedSize(b.type.kind === 'tuple' ? b.type.elements[index]! : element),
  );
}

interface Words {
  /** Bytes that may differ from 0. */
  readonly bytes: number;
  readonly word: (at: number) => Operand;
}

function operand(lowering: Lowering, given: Value, place: Place): Words | undefined {
  const value = copied(lowering, given, place);
  if (value.kind === 'memory' && value.type.kind !== 'text') {
    const bytes = storedSize(value.type);
    return { bytes, word: (at) => (at < bytes ? lowering.builder.load(shifted(value.memory, at)) : constant(0)) };
  }
  const text = textOf(lowering, value);
  if (text === undefined) return undefined;
  if (text.kind === 'literal') {
    const padded = Buffer.alloc(roundUp(text.type.bytes));
    text.text.copy(padded);
    return {
      bytes: text.type.bytes,
      word: (at) => (at < padded.length ? constant(padded.readBigUInt64LE(at)) : constant(0)),
    };
  }
  const bytes = storedSize(text.type);
  return { bytes, word: (at) => (at < bytes ? lowering.builder.load(shifted(text.memory, at)) : constant(0)) };
}
