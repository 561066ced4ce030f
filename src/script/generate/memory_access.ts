/** Reads numbers, texts and members of structs from the memory of the kernel and of processes, and from a program's context. */
import type { ObjectValue, Space } from '../check/value_type.js';
import { roundUp, spaceBehind } from '../check/value_type.js';
import type { Operand, Width } from '../ir/program.js';
import { type CType, findMember, type Member, memberNames, sizeOf, typeText } from '../resolve/c_type.js';
import { ScriptProblem, unknownName } from '../resolve/problem.js';
import type { Place } from '../syntax/tree.js';
import { constant, helpers, type Memory } from './function_builder.js';
import type { Destination, Lowering } from './lowering.js';
import type { ObjectReference, Value } from './value.js';

/** What is at an address: a number or pointer is read, the rest is read when one of its parts is needed. */
export function valueAt(
  lowering: Lowering,
  type: CType,
  space: Space,
  address: Operand,
  offset: number,
  place: Place,
): Value {
  switch (type.kind) {
    case 'integer': {
      const operand = loadScalar(lowering, space, address, offset, type.bytes as Width, type.isSigned);
      return { kind: 'scalar', type: integerValue(type), operand };
    }
    case 'pointer':
      return {
        kind: 'scalar',
        type: { kind: 'pointer', to: type.to, space: spaceBehind(space) },
        operand: loadScalar(lowering, space, address, offset, 8, false),
      };
    case 'record':
    case 'array':
      return { kind: 'object', type: { kind: 'object', of: type, space }, address, offset };
    default:
      throw new ScriptProblem(
        place,
        `${typeText(type)} has no value that can be read`,
        'Cast the pointer to the type that it points to.',
      );
  }
}

/** A struct or array, also one in the program's own memory. Undefined: the value is none. */
export function asObject({ builder }: Lowering, value: Value): ObjectReference | undefined {
  if (value.kind === 'object') return value;
  if (value.kind !== 'memory' || value.type.kind !== 'bytes' || value.type.of === undefined) return undefined;
  const { of, space } = value.type;
  const type = { kind: 'object', of, space: space === 'user' ? 'copy of user' : 'copy' } as const;
  return { kind: 'object', type, address: builder.addressOf(value.memory), offset: 0 };
}

export function integerValue(type: Extract<CType, { kind: 'integer' }>): Extract<Value, { kind: 'scalar' }>['type'] {
  const { bytes, isSigned, isBoolean, enumeration, names } = type;
  const ofKernel = enumeration ? { kernel_enum: { name: enumeration } } : undefined;
  const decode = names === undefined || Object.keys(names).length === 0 ? ofKernel : { map: names };
  return {
    kind: 'integer',
    bytes,
    isSigned,
    ...(isBoolean && { isBoolean }),
    ...(decode && { decode }),
  };
}

/** @throws ScriptProblem if there is no such member: lists those that exist */
export function memberOf(lowering: Lowering, object: ObjectReference, name: string, place: Place): Value {
  const { of, space } = object.type;
  if (of.kind !== 'record') throw new ScriptProblem(place, `${typeText(of)} has no members`, 'Use an index: x[0].');
  const member = findMember(of, name);
  if (member === undefined) {
    throw unknownName(
      place,
      `${of.name === '' ? 'It' : of.name} has no field "${name}"`,
      name,
      memberNames(of),
      'fields',
    );
  }
  lowering.noteField(place, of, member);
  const at = object.offset + member.offset;
  if (member.located !== undefined) return locatedData(lowering, object, member, at);
  if (member.bits !== undefined) return bitfield(lowering, object, member, at, place);
  return valueAt(lowering, member.type, space, object.address, at, place);
}

/** An element of an array, or of what a pointer points to. */
export function elementOf(
  lowering: Lowering,
  element: CType,
  space: Space,
  address: Operand,
  offset: number,
  index: Operand,
  place: Place,
): Value {
  const size = sizeOf(element);
  if (typeof index !== 'number') {
    return valueAt(lowering, element, space, address, offset + Number(BigInt.asIntN(64, index.constant)) * size, place);
  }
  const { builder } = lowering;
  const shift = size === 1 ? index : builder.operate('mul', index, constant(size));
  const at = builder.operate('add', address, shift);
  // The context itself takes constant offsets only; it is the kernel's memory, too.
  return valueAt(lowering, element, space === 'context' ? 'kernel' : space, at, offset, place);
}

/**
 * Reads text up to its NUL.
 * @param size the most bytes, the NUL included: a number, or a register together with `bytes`
 */
export function readText(
  lowering: Lowering,
  space: Space,
  address: Operand,
  bytes: number,
  into: Destination | undefined,
  size: Operand = constant(bytes),
): Value {
  const { builder } = lowering;
  const memory = textMemory(lowering, bytes, into);
  const helper = space === 'user' ? helpers.readUserText : helpers.readKernelText;
  builder.helper(helper, builder.addressOf(memory), size, address);
  return { kind: 'memory', type: { kind: 'text', bytes }, memory };
}

/** Reads so many bytes as they are. */
export function readBytes(lowering: Lowering, space: Space, address: Operand, bytes: number, memory: Memory): void {
  const { builder } = lowering;
  builder.helper(
    space === 'user' ? helpers.readUser : helpers.readKernel,
    builder.addressOf(memory),
    constant(bytes),
    address,
  );
}

/** Cleared memory for a text: that of the destination if it is large enough. */
export function textMemory(lowering: Lowering, bytes: number, into: Destination | undefined): Memory {
  const fits = into !== undefined && into.bytes >= bytes;
  const memory = fits ? into.memory : lowering.temporary(bytes);
  lowering.builder.clear(memory, fits ? into.bytes : roundUp(bytes));
  return memory;
}

export function addressOf(lowering: Lowering, { address, offset }: ObjectReference): Operand {
  return offset === 0 ? address : lowering.builder.operate('add', address, constant(offset));
}

export function loadScalar(
  lowering: Lowering,
  space: Space,
  address: Operand,
  offset: number,
  width: Width,
  isSigned: boolean,
): Operand {
  const { builder } = lowering;
  if (space === 'context') {
    const to = builder.register();
    builder.emit({ kind: 'load', to, base: builder.inRegister(address), offset, width, isSigned });
    return to;
  }
  const memory = lowering.temporary(8);
  builder.store(memory, constant(0));
  const from = offset === 0 ? address : builder.operate('add', address, constant(offset));
  readBytes(lowering, space, from, width, memory);
  return builder.load(memory, width, isSigned);
}

function bitfield(
  lowering: Lowering,
  { address, type }: ObjectReference,
  { bits, type: field }: Member,
  at: number,
  place: Place,
): Value {
  const { shift, width } = bits!;
  if (field.kind !== 'integer') throw new ScriptProblem(place, 'This bitfield is no integer', 'Read another field.');
  const { builder } = lowering;
  const bytes = Math.ceil((shift + width) / 8);
  if (bytes > 8) throw new ScriptProblem(place, 'This bitfield spreads over more than 8 bytes', 'Read another field.');
  const words = ([1, 2, 4, 8] as const).find((each) => each >= bytes)!;
  const word = loadScalar(lowering, type.space, address, at, words, false);
  const left = builder.operate('shiftLeft', word, constant(64 - shift - width));
  // Never negative, whatever the field's type is, as in bpftrace.
  const operand = builder.operate('shiftRight', left, constant(64 - width));
  return { kind: 'scalar', type: integerValue(field), operand };
}

function locatedData(
  lowering: Lowering,
  { address, type }: ObjectReference,
  { type: field, located }: Member,
  at: number,
): Value {
  const { builder } = lowering;
  const word = loadScalar(lowering, type.space, address, at, 4, false);
  const distance = builder.operate('and', word, constant(0xffff));
  const data = builder.operate('add', address, distance);
  const of = field as ObjectValue['of'];
  return {
    kind: 'object',
    type: { kind: 'object', of, space: 'kernel' },
    address: data,
    offset: located === 'field' ? at + 4 : 0,
  };
}
