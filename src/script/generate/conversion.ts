/** Values as the types that a map, a variable or an operator needs. */
import {
  commonType,
  placesIn,
  roundUp,
  spaceBehind,
  storedSize,
  type ValueType,
  valueText,
} from '../check/value_type.js';
import type { Operand, Width } from '../ir/program.js';
import { isText, sizeOf, typeText } from '../resolve/c_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression, Place } from '../syntax/tree.js';
import { constant, type Memory, shifted } from './function_builder.js';
import type { Destination, Lowering } from './lowering.js';
import { addressOf, readBytes, readText } from './memory_access.js';
import type { Scalar, Value } from './value.js';

/** A struct or array elsewhere as a copy in the program's own memory. Other values stay as they are. */
export function copied(lowering: Lowering, value: Value, place: Place): Value {
  if (value.kind !== 'object' || isText(value.type.of)) return value;
  const type = storedType(value, lowering.compilation.settings.longestText);
  const memory = lowering.temporary(storedSize(type));
  storeInto(lowering, memory, value, type, place);
  return valueIn(lowering, type, memory);
}

/** The 64 bits of a number or pointer. @throws ScriptProblem */
export function scalarOf(lowering: Lowering, expression: Expression, what: string): Scalar {
  const value = lowering.value(expression);
  if (value.kind === 'scalar') return value;
  if (value.kind === 'object' && value.type.of.kind === 'array') {
    // An array is its address, as in C.
    return {
      kind: 'scalar',
      type: { kind: 'pointer', to: value.type.of.element, space: value.type.space },
      operand: addressOf(lowering, value),
    };
  }
  throw new ScriptProblem(expression.place, `${what} must be a number, not ${valueText(value.type)}`, remedyFor(value));
}

function remedyFor(value: Value): string {
  if (value.kind === 'literal' || value.type.kind === 'text') return 'Compare texts with ==, or use them as keys.';
  if (value.kind === 'object') return `Read a field of the ${typeText(value.type.of)}.`;
  return 'Use a value that is a number.';
}

/** The name of a task ends with a NUL. Other arrays of characters may be full. */
const textBytes = (characters: number) => (characters === bytesOfCommand ? characters : characters + 1);

const bytesOfCommand = 16;

/** Text in a program's memory; undefined: the value is no text. */
export function textOf(
  lowering: Lowering,
  value: Value,
  into?: Destination,
): Extract<Value, { kind: 'memory' | 'literal' }> | undefined {
  if (value.kind === 'literal') return value;
  if (value.kind === 'memory') return value.type.kind === 'text' ? value : undefined;
  if (value.kind !== 'object' || !isText(value.type.of) || value.type.of.kind !== 'array') return undefined;
  const { count } = value.type.of;
  const bytes = count === 0 ? lowering.compilation.settings.longestText : textBytes(count);
  return readText(lowering, value.type.space, addressOf(lowering, value), bytes, into) as Extract<
    Value,
    { kind: 'memory' }
  >;
}

/** The type of a value in a map: a text in the kernel's memory is stored as text, a struct or an array as its bytes. */
export function storedType(value: Value, longestText: number): ValueType {
  if (value.kind === 'object') {
    const { of, space } = value.type;
    if (isText(of) && of.kind === 'array')
      return { kind: 'text', bytes: of.count === 0 ? longestText : textBytes(of.count) };
    return { kind: 'bytes', bytes: sizeOf(of), decode: 'hex', of, space: spaceBehind(space) };
  }
  if (value.kind === 'scalar' && value.type.kind === 'integer' && value.isLiteral) return { ...value.type, bytes: 8 };
  return value.type;
}

/** Writes a value as `type` has it in a map: all of its `storedSize` bytes. @throws ScriptProblem */
export function storeInto(lowering: Lowering, memory: Memory, value: Value, type: ValueType, place: Place): void {
  const { builder } = lowering;
  const room = storedSize(type);
  const common = commonType(storedType(value, lowering.compilation.settings.longestText), type);
  if (common === undefined || room === 0) {
    throw new ScriptProblem(
      place,
      `${valueText(value.type)} cannot be stored as ${valueText(type)}`,
      'Store a number, a text or a tuple of these.',
    );
  }
  if (value.kind === 'scalar') {
    builder.store(memory, convert(lowering, value.operand, type));
    return;
  }
  if (value.kind === 'memory' && value.type.kind === 'tuple' && type.kind === 'tuple') {
    storeTuple(lowering, memory, value.memory, value.type, type, place);
    return;
  }
  if (value.kind === 'object' && !isText(value.type.of)) {
    builder.clear(memory, room);
    readBytes(lowering, value.type.space, addressOf(lowering, value), sizeOf(value.type.of), memory);
    return;
  }
  const bytes =
    value.kind === 'memory' && value.type.kind === 'bytes' ? value : textOf(lowering, value, { memory, bytes: room });
  if (bytes === undefined)
    throw new ScriptProblem(place, `${valueText(value.type)} cannot be stored`, 'Store one of its fields.');
  if (bytes.kind === 'literal') {
    storeLiteral(lowering, memory, bytes.text, room);
    return;
  }
  if (isSame(bytes.memory, memory)) return;
  const length = Math.min(room, storedSize(bytes.type));
  builder.copy(memory, bytes.memory, length);
  builder.clear(shifted(memory, length), room - length);
}

function storeTuple(
  lowering: Lowering,
  memory: Memory,
  from: Memory,
  type: Extract<ValueType, { kind: 'tuple' }>,
  to: Extract<ValueType, { kind: 'tuple' }>,
  place: Place,
): void {
  const places = placesIn(to, type);
  let target = memory;
  for (const [index, wanted] of to.elements.entries()) {
    const at = places[index]!;
    const before = type.elements.slice(0, at).reduce((sum, each) => sum + storedSize(each), 0);
    storeInto(lowering, target, valueIn(lowering, type.elements[at]!, shifted(from, before)), wanted, place);
    target = shifted(target, storedSize(wanted));
  }
}

/** What the program's own memory holds, as `storeInto` wrote it. */
export function valueIn(lowering: Lowering, type: ValueType, memory: Memory): Value {
  if (type.kind === 'integer' || type.kind === 'pointer')
    return { kind: 'scalar', type, operand: lowering.builder.load(memory) };
  if (type.kind === 'text' || type.kind === 'bytes' || type.kind === 'tuple') return { kind: 'memory', type, memory };
  return { kind: 'nothing', type: { kind: 'nothing' } };
}

const isSame = (a: Memory, b: Memory) =>
  a.offset === b.offset && ('slot' in a ? 'slot' in b && a.slot === b.slot : 'base' in b && a.base === b.base);

/** @param room bytes, a multiple of 8: longer text is cut so that a NUL remains */
export function storeLiteral(lowering: Lowering, memory: Memory, text: Buffer, room: number): void {
  const bytes = Buffer.alloc(room);
  text.copy(bytes, 0, 0, room - 1);
  for (let at = 0; at < room; at += 8) lowering.builder.store(shifted(memory, at), constant(bytes.readBigUInt64LE(at)));
}

/** Memory with a text, also for a literal. */
export function inMemory(lowering: Lowering, text: Extract<Value, { kind: 'memory' | 'literal' }>): Memory {
  if (text.kind === 'memory') return text.memory;
  const memory = lowering.temporary(text.type.bytes);
  storeLiteral(lowering, memory, text.text, roundUp(text.type.bytes));
  return memory;
}

/** A number as an integer type holds it: cut to its width, and extended by its sign. */
export function convert(lowering: Lowering, operand: Operand, type: ValueType): Operand {
  if (type.kind !== 'integer' || type.bytes === 8) return operand;
  return lowering.builder.extend(operand, type.bytes as Width, type.isSigned);
}
