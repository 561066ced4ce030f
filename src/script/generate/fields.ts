/** Members, elements, and what is known of types without running anything. */
import { storedSize, type ValueType, valueText } from '../check/value_type.js';
import type { Operand, Width } from '../ir/program.js';
import { type CType, findMember, memberNames, sizeOf, typeText } from '../resolve/c_type.js';
import { ScriptProblem, unknownName } from '../resolve/problem.js';
import { alignmentOf } from '../resolve/record_layout.js';
import type { Expression, Place, TypeName } from '../syntax/tree.js';
import { typeNamed } from './casts.js';
import { inMemory, scalarOf, textOf, valueIn } from './conversion.js';
import { constant, shifted } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { entryField } from './map_access.js';
import { addressOf, asObject, elementOf, integerValue, loadScalar, memberOf, valueAt } from './memory_access.js';
import type { Scalar, Value } from './value.js';

/** `object.name`; pointers are followed on the way, whether `.` or `->` is written. */
export function field(lowering: Lowering, object: Expression, name: string, place: Place): Value {
  if (object.kind === 'name' && object.name === 'args') return argument(lowering, name, place);
  const part = entryField(lowering, object, name, place);
  if (part !== undefined) return part;
  let value = lowering.value(object);
  while (value.kind === 'scalar' && value.type.kind === 'pointer') {
    value = valueAt(lowering, value.type.to, value.type.space, value.operand, 0, place);
  }
  const struct = asObject(lowering, value);
  if (struct !== undefined) return memberOf(lowering, struct, name, place);
  const element = elementOfTuple(lowering, value, name, place);
  if (element !== undefined) return element;
  throw new ScriptProblem(
    place,
    `${valueText(value.type)} has no fields`,
    'Cast it to a pointer first: ((struct task_struct *)x)->pid.',
  );
}

/** `tuple.0`, `tuple[0]` and `tuple.name`. Undefined: the value is no tuple. */
function elementOfTuple(lowering: Lowering, value: Value, name: string, place: Place): Value | undefined {
  if (value.kind !== 'memory' || value.type.kind !== 'tuple') return undefined;
  const { elements, names } = value.type;
  const at = names?.includes(name) ? names.indexOf(name) : /^\d+$/.test(name) ? Number(name) : -1;
  const element = elements[at];
  if (element === undefined) {
    const known = names ?? elements.map((_, index) => String(index));
    throw unknownName(place, `The tuple has no element "${name}"`, name, known, 'elements');
  }
  const before = elements.slice(0, at).reduce((sum, each) => sum + storedSize(each), 0);
  return valueIn(lowering, element, shifted(value.memory, before));
}

/** `args.name` */
function argument(lowering: Lowering, name: string, place: Place): Value {
  const { hook, context } = lowering;
  if (hook.context.kind === 'record') {
    const { record } = hook.context;
    const value = memberOf(
      lowering,
      { kind: 'object', type: { kind: 'object', of: record, space: 'context' }, address: context, offset: 0 },
      name,
      place,
    );
    // Arguments of system calls are addresses of the process.
    const isUsers =
      value.kind === 'scalar' && value.type.kind === 'pointer' && hook.text.startsWith('tracepoint:syscalls:');
    return isUsers ? { ...value, type: { ...value.type, space: 'user' } as Scalar['type'] } : value;
  }
  if (
    hook.context.kind !== 'words' ||
    (hook.context.parameters.length === 0 && lowering.compilation.types.btf === undefined)
  ) {
    throw new ScriptProblem(
      place,
      `${hook.provider} has no named arguments`,
      'Use arg0 to arg9, or a tracepoint or fentry probe.',
    );
  }
  const { parameters } = hook.context;
  const index = parameters.findIndex((parameter) => parameter.name === name);
  if (index < 0) {
    throw unknownName(
      place,
      `${hook.text} has no argument "${name}"`,
      name,
      parameters.map((each) => each.name),
      'arguments',
    );
  }
  return word(lowering, index, parameters[index]!.type, place);
}

/** A word of the context, as the type of the parameter has it. */
export function word(lowering: Lowering, index: number, type: CType, place: Place): Value {
  const { builder, context } = lowering;
  const operand = builder.load({ base: context, offset: 8 * index });
  if (type.kind === 'integer') {
    return {
      kind: 'scalar',
      type: integerValue(type),
      operand: builder.extend(operand, type.bytes as Width, type.isSigned),
    };
  }
  if (type.kind === 'pointer')
    return { kind: 'scalar', type: { kind: 'pointer', to: type.to, space: 'kernel' }, operand };
  throw new ScriptProblem(place, `An argument of type ${typeText(type)} cannot be read`, 'Use another argument.');
}

export function index(lowering: Lowering, object: Expression, indexed: Expression, place: Place): Value {
  const value = lowering.value(object);
  const number = scalarOf(lowering, indexed, 'An index').operand;
  if (value.kind === 'scalar' && value.type.kind === 'pointer') {
    return elementOf(lowering, value.type.to, value.type.space, value.operand, 0, number, place);
  }
  if (value.type.kind === 'text') return characterOf(lowering, value, number, place);
  const array = asObject(lowering, value);
  if (array !== undefined) {
    const { of, space } = array.type;
    if (of.kind !== 'array') return elementOf(lowering, of, space, addressOf(lowering, array), 0, constant(0), place);
    if (typeof number !== 'number' && of.count > 0 && number.constant >= BigInt(of.count)) {
      throw new ScriptProblem(
        indexed.place,
        `The array has ${of.count} elements`,
        `The last index is ${of.count - 1}.`,
      );
    }
    const at = space.startsWith('copy') ? within(lowering, number, of.count) : number;
    return elementOf(lowering, of.element, space, array.address, array.offset, at, place);
  }
  const element =
    typeof number === 'number' ? undefined : elementOfTuple(lowering, value, String(number.constant), place);
  if (element !== undefined) return element;
  throw new ScriptProblem(place, `${valueText(value.type)} has no elements`, 'Use an array or a pointer.');
}

/** An index into the program's own memory, where the verifier allows nothing beyond the end: then it is 0. */
function within({ builder }: Lowering, index: Operand, count: number): Operand {
  if (typeof index !== 'number') return index;
  const at = builder.register();
  const [inside, end] = [builder.block(), builder.block()];
  builder.set(at, constant(0));
  builder.branch('below', index, constant(count), inside, end);
  builder.continueIn(inside);
  builder.set(at, index);
  builder.jump(end);
  builder.continueIn(end);
  return at;
}

/** `text[i]`: the number of a character, 0 beyond the end. */
function characterOf(lowering: Lowering, value: Value, index: Operand, place: Place): Value {
  const text = textOf(lowering, value);
  if (text === undefined) throw new ScriptProblem(place, 'This text has no characters', 'Use str(x)[0].');
  const { builder } = lowering;
  const bytes = storedSize(text.type);
  const memory = inMemory(lowering, text);
  const operand = builder.register();
  const [inside, end] = [builder.block(), builder.block()];
  builder.set(operand, constant(0));
  builder.branch('below', index, constant(bytes), inside, end);
  builder.continueIn(inside);
  // Before Linux 5.12 a program cannot read its stack at an offset that is not constant.
  const from = builder.operate('add', builder.addressOf(memory), index);
  builder.set(operand, loadScalar(lowering, 'copy', from, 0, 1, true));
  builder.jump(end);
  builder.continueIn(end);
  return { kind: 'scalar', type: { kind: 'integer', bytes: 1, isSigned: true }, operand };
}

export function sizeOfExpression(lowering: Lowering, of: TypeName | Expression): number {
  if (of.kind === 'type') {
    const isEnumerator = of.pointers === 0 && lowering.compilation.types.named(of.name) === undefined;
    // bpftrace computes with enumerators in 8 bytes.
    if (isEnumerator && lowering.compilation.types.enumerator(of.name) !== undefined) return 8;
    return sizeOf(typeNamed(lowering, of));
  }
  const { type } = lowering.builder.aside(() => lowering.value(of));
  return sizeOfValue(type).bytes;
}

/** As bpftrace lays values out: a tuple is packed as a struct. */
function sizeOfValue(type: ValueType): { readonly bytes: number; readonly alignment: number } {
  switch (type.kind) {
    case 'integer':
      return { bytes: type.written ?? type.bytes, alignment: type.written ?? type.bytes };
    case 'text':
      return { bytes: type.bytes, alignment: 1 };
    case 'bytes':
      return { bytes: type.bytes, alignment: type.of === undefined ? 1 : alignmentOf(type.of) };
    case 'object':
      return { bytes: sizeOf(type.of), alignment: alignmentOf(type.of) };
    case 'tuple': {
      const sizes = type.elements.map(sizeOfValue);
      const whole = Math.max(1, ...sizes.map(({ alignment }) => alignment));
      const end = sizes.reduce((at, { bytes, alignment }) => Math.ceil(at / alignment) * alignment + bytes, 0);
      return { bytes: Math.ceil(end / whole) * whole, alignment: whole };
    }
    default:
      return { bytes: storedSize(type), alignment: 8 };
  }
}

export function offsetOf(lowering: Lowering, of: TypeName | Expression, path: readonly string[], place: Place): number {
  let type: CType;
  if (of.kind === 'type') type = typeNamed(lowering, of);
  else {
    const value = lowering.builder.aside(() => lowering.value(of)).type;
    type = value.kind === 'object' ? value.of : value.kind === 'pointer' ? value.to : { kind: 'void' };
  }
  let offset = 0;
  for (const step of path) {
    const [, name, brackets = ''] = /^(\w+)((?:\[\d+\])*)$/.exec(step.replaceAll(' ', '')) ?? [];
    if (type.kind !== 'record' || name === undefined)
      throw new ScriptProblem(place, `${typeText(type)} has no fields`, 'Name a field of a struct.');
    const member = findMember(type, name);
    if (member === undefined)
      throw unknownName(place, `${typeText(type)} has no field "${name}"`, name, memberNames(type), 'fields');
    offset += member.offset;
    type = member.type;
    for (const [at] of brackets.matchAll(/\d+/g)) {
      if (type.kind !== 'array') throw new ScriptProblem(place, `"${name}" is no array`, 'Remove the index.');
      type = type.element;
      offset += Number(at) * sizeOf(type);
    }
  }
  return offset;
}
