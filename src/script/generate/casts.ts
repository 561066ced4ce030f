/** `(type)value` */
import { valueText } from '../check/value_type.js';
import type { Width } from '../ir/program.js';
import { type CType, pointerTo, sizeOf, typeText } from '../resolve/c_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression, Place, TypeName } from '../syntax/tree.js';
import { constant } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { addressOf, integerValue, valueAt } from './memory_access.js';
import { typeInMemory } from './stored_c_type.js';
import { copyText } from './text_copies.js';
import type { Value } from './value.js';

/** @throws ScriptProblem if the kernel and the script have no such type */
export function typeNamed(lowering: Lowering, { name, of, pointers, dimensions, place }: TypeName): CType {
  const base = of === undefined ? namedType(lowering, name, place) : typeOf(lowering, of);
  if (base === undefined && !(pointers > 0 && /^(struct|union) /.test(name))) {
    const why =
      lowering.compilation.types.btf === undefined
        ? 'This kernel has no BTF: define the type in the script.'
        : 'Define it in the script, or correct the name.';
    throw new ScriptProblem(place, `Type "${name}" is not known`, why);
  }
  let type: CType = base ?? { kind: 'opaque', name, bytes: 0 };
  for (let depth = 0; depth < pointers; depth++) type = pointerTo(type);
  return dimensions.reduceRight<CType>((element, count = 0) => ({ kind: 'array', element, count }), type);
}

function namedType(lowering: Lowering, name: string, place: Place): CType | undefined {
  const known = lowering.compilation.types.named(name);
  const isSure = known !== undefined && (known.kind !== 'record' || name.includes(' '));
  return isSure ? known : (typeOfBuiltin(lowering, name, place) ?? known);
}

/** `sizeof(pid)` looks like that of a type, and the kernel has a `struct pid`. */
function typeOfBuiltin(lowering: Lowering, name: string, place: Place): CType | undefined {
  if (!/^\w+$/.test(name)) return undefined;
  try {
    return typeOf(lowering, { kind: 'name', name, place });
  } catch (error) {
    if (error instanceof ScriptProblem) return undefined;
    throw error;
  }
}

/** The type of an expression, which is not computed. */
function typeOf(lowering: Lowering, expression: Expression): CType | undefined {
  const { type } = lowering.builder.aside(() => lowering.value(expression));
  return type.kind === 'object' || type.kind === 'bytes' ? type.of : typeInMemory(type);
}

export function cast(lowering: Lowering, name: TypeName, operand: Expression, place: Place): Value {
  if (name.name === 'string' && name.pointers === 0) return lowering.value(operand);
  const type = typeNamed(lowering, name);
  const value = lowering.value(operand);
  if (type.kind === 'integer') {
    if (value.kind !== 'scalar') {
      const bytes = bytesAsNumber(lowering, value, type);
      if (bytes !== undefined) return bytes;
      if (value.kind !== 'object') throw impossible(value, type, place);
      // An array of the same size is the number that its bytes are.
      const { of, space: where } = value.type;
      if (of.kind === 'array' && of.element.kind === 'integer' && sizeOf(of) === type.bytes)
        return valueAt(lowering, type, where, value.address, value.offset, place);
      return { kind: 'scalar', type: integerValue(type), operand: addressOf(lowering, value) };
    }
    const { builder } = lowering;
    if (type.isBoolean) {
      const end = builder.block();
      const yes = builder.block();
      const truth = builder.register();
      builder.set(truth, constant(0));
      builder.branch('unequal', value.operand, constant(0), yes, end);
      builder.continueIn(yes);
      builder.set(truth, constant(1));
      builder.jump(end);
      builder.continueIn(end);
      return { kind: 'scalar', type: integerValue(type), operand: truth };
    }
    return {
      kind: 'scalar',
      type: integerValue(type),
      operand: builder.extend(value.operand, type.bytes as Width, type.isSigned),
    };
  }
  const bytes = type.kind === 'array' ? asBytes(lowering, value, type) : undefined;
  if (bytes !== undefined) return bytes;
  const space = value.type.kind === 'pointer' || value.type.kind === 'object' ? value.type.space : spaceOf(lowering);
  if (type.kind === 'pointer') {
    if (value.kind !== 'scalar' && value.kind !== 'object') throw impossible(value, type, place);
    const address = value.kind === 'object' ? addressOf(lowering, value) : value.operand;
    return {
      kind: 'scalar',
      type: { kind: 'pointer', to: type.to, space: space === 'context' && value.kind === 'object' ? 'kernel' : space },
      operand: address,
    };
  }
  // A struct or array at an address, as in `(struct sock)arg0`.
  if (value.kind === 'scalar') return valueAt(lowering, type, space, value.operand, 0, place);
  if (value.kind === 'object') return valueAt(lowering, type, value.type.space, value.address, value.offset, place);
  throw impossible(value, type, place);
}

/** The bytes of a number or a text as an array of numbers. Undefined: the value has none, or not as many. */
function asBytes(lowering: Lowering, value: Value, type: Extract<CType, { kind: 'array' }>): Value | undefined {
  const { element } = type;
  const isNumber = value.kind === 'scalar' && value.type.kind === 'integer';
  const size = isNumber ? 8 : value.type.kind === 'text' ? value.type.bytes : 0;
  if (element.kind !== 'integer' || size === 0) return undefined;
  const count = type.count === 0 ? Math.floor(size / element.bytes) : type.count;
  const bytes = count * element.bytes;
  if (bytes > size) return undefined;
  const memory = lowering.temporary(bytes);
  if (isNumber) lowering.builder.store(memory, value.operand);
  else if (!copyText(lowering, value, bytes, memory)) return undefined;
  const of = { ...type, count };
  return { kind: 'memory', type: { kind: 'bytes', bytes, decode: 'hex', of }, memory };
}

/** An array in the program's own memory as a number of the same size. Undefined: the value is none. */
function bytesAsNumber(
  { builder }: Lowering,
  value: Value,
  type: Extract<CType, { kind: 'integer' }>,
): Value | undefined {
  if (value.kind !== 'memory' || value.type.kind !== 'bytes' || value.type.bytes < type.bytes) return undefined;
  const operand = builder.load(value.memory, type.bytes as Width, type.isSigned);
  return { kind: 'scalar', type: integerValue(type), operand };
}

/** Numbers that become pointers point to where the probe is. */
export function spaceOf({ hook }: Lowering): 'kernel' | 'user' {
  return hook.context.kind === 'registers' ? hook.context.space : 'kernel';
}

function impossible(value: Value, type: CType, place: Place): ScriptProblem {
  return new ScriptProblem(
    place,
    `${valueText(value.type)} cannot be cast to ${typeText(type)}`,
    'Cast a number or a pointer.',
  );
}
