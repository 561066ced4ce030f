/** Keys of maps in memory: each part has a multiple of 8 bytes, so that there are no gaps. */
import type { KeyPart, ScriptMapUse } from '../check/map_table.js';
import { storedSize, type ValueType, valueText } from '../check/value_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression, MapAccess, Place } from '../syntax/tree.js';
import { storedType, storeInto, valueIn } from './conversion.js';
import { constant, type Memory, shifted } from './function_builder.js';
import type { Lowering } from './lowering.js';
import type { Value } from './value.js';

export interface NamedPart {
  readonly expression: Expression;
  readonly name: string;
}

export const keyBytes = (parts: readonly KeyPart[]) => parts.reduce((sum, { type }) => sum + storedSize(type), 0);

/** The key of an access; one of 4 bytes, 0, for a map without keys. */
export function keyOf(lowering: Lowering, access: MapAccess): { map: ScriptMapUse; key: Memory } {
  const map = lowering.map(access.name, access.place);
  return { map, key: keyInMemory(lowering, map, partsOf(access.key ?? []), access.place) };
}

/** The map and the key of `f(@x, key)` and `f(@x[key])`. */
export function entryOf(
  lowering: Lowering,
  call: Extract<Expression, { kind: 'call' }>,
): { map: ScriptMapUse; key: Memory } {
  const [target, ...key] = call.arguments;
  if (target?.kind !== 'map' || (target.key !== undefined && key.length > 0) || key.length > 1) {
    throw new ScriptProblem(
      call.place,
      `${call.name}() takes a map and a key`,
      `Write it as in ${call.name}(@x, key).`,
    );
  }
  if (target.key !== undefined || key.length === 0) return keyOf(lowering, target);
  const map = lowering.map(target.name, target.place);
  return { map, key: keyInMemory(lowering, map, partsOf(key), call.place) };
}

/** `@x[a, b]` and `@x[(a, b)]` are the same. */
export function partsOf(key: readonly Expression[]): NamedPart[] {
  const [first] = key;
  if (first?.kind === 'tuple' && key.length === 1) {
    return first.elements.map((expression, index) => ({
      expression,
      name: first.names?.[index] ?? labelOf(expression),
    }));
  }
  return key.map((expression) => ({ expression, name: labelOf(expression) }));
}

export function keyInMemory(lowering: Lowering, map: ScriptMapUse, parts: readonly NamedPart[], place: Place): Memory {
  const { builder, compilation } = lowering;
  if (parts.length === 0) {
    compilation.maps.useKey(map, [], place);
    const key = lowering.temporary(8);
    builder.store(key, constant(0));
    return key;
  }
  const [only] = parts;
  if (only !== undefined && parts.length === 1) {
    const whole = tupleKey(lowering, map, only, place);
    if (whole !== undefined) return whole;
  }
  // What other uses have said: a part is written where it belongs at once.
  const known = map.key?.length === parts.length ? map.key : undefined;
  const key = known === undefined ? undefined : lowering.temporary(keyBytes(known));
  let at = 0;
  const found: KeyPart[] = [];
  for (const [index, { expression, name }] of parts.entries()) {
    const type = known?.[index]?.type;
    const into =
      key !== undefined && type !== undefined ? { memory: shifted(key, at), bytes: storedSize(type) } : undefined;
    const value = lowering.value(expression, into);
    const own = keyType(lowering, value, expression.place);
    found.push({ type: own, name });
    if (into !== undefined && type !== undefined && storedSize(own) <= into.bytes && own.kind === type.kind) {
      storeInto(lowering, into.memory, value, type, expression.place);
    }
    at += into?.bytes ?? 0;
  }
  compilation.maps.useKey(map, found, place);
  return key ?? lowering.temporary(8);
}

/** Whether an expression that is no tuple itself has one as its value. */
function holdsTuple(lowering: Lowering, expression: Expression): boolean {
  if (expression.kind === 'variable') return lowering.variables.get(expression.name)?.type.kind === 'tuple';
  if (expression.kind !== 'field' && expression.kind !== 'index' && expression.kind !== 'map') return false;
  return lowering.builder.aside(() => lowering.value(expression)).type.kind === 'tuple';
}

/** A tuple in a variable is as many parts as it has elements. Undefined: it is no tuple, and nothing was generated. */
function tupleKey(
  lowering: Lowering,
  map: ScriptMapUse,
  { expression, name }: NamedPart,
  place: Place,
): Memory | undefined {
  if (!holdsTuple(lowering, expression)) return undefined;
  const value = lowering.value(expression);
  if (value.type.kind !== 'tuple') return undefined;
  const { elements, names } = value.type;
  const found = elements.map((type, index) => ({ type, name: names?.[index] ?? `${name}_${index}` }));
  lowering.compilation.maps.useKey(map, found, place);
  const known = map.key!.map(({ type }) => type);
  const type = { kind: 'tuple', elements: known, names: undefined } as const;
  const key = lowering.temporary(storedSize(type));
  storeInto(lowering, key, value, type, place);
  return key;
}

function keyType(lowering: Lowering, value: Value, place: Place): ValueType {
  const type = storedType(value, lowering.compilation.settings.longestText);
  if (storedSize(type) > 0) return type;
  throw new ScriptProblem(place, `${valueText(type)} cannot be a key`, 'Use one of its fields, or a text: str(x).');
}

/** The parts of a key in memory, as one value. */
export function keyValue(lowering: Lowering, parts: readonly KeyPart[], key: Memory): Value {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return valueIn(lowering, first.type, key);
  return {
    kind: 'memory',
    type: { kind: 'tuple', elements: parts.map(({ type }) => type), names: undefined },
    memory: key,
  };
}

const named: Readonly<Record<string, string>> = {
  ksym: 'function', leader_comm: 'command', kstack: 'stack', func: 'function', strerror: 'error', syscall_name: 'syscall', username: 'user', cgroup_path: 'cgroup', retval: 'result',
}; // biome-ignore format: a table

/** What a label of this part of a key is called: the last name in it. */
export function labelOf(expression: Expression): string {
  switch (expression.kind) {
    case 'name':
    case 'variable':
      return named[expression.name] ?? expression.name;
    case 'map':
      return expression.name === '' ? 'value' : expression.name;
    case 'field':
      return /^\d/.test(expression.name) ? labelOf(expression.object) : expression.name;
    case 'call': {
      const own = Object.hasOwn(named, expression.name) ? named[expression.name] : undefined;
      const source = expression.arguments.at(expression.name === 'ntop' ? -1 : 0);
      return own ?? (source === undefined ? expression.name : labelOf(source));
    }
    case 'cast':
    case 'unary':
      return labelOf(expression.operand);
    case 'index':
      return labelOf(expression.object);
    case 'binary':
      return labelOf(expression.left.kind === 'integer' ? expression.right : expression.left);
    case 'conditional':
      return labelOf(expression.then) === 'key' ? labelOf(expression.else) : labelOf(expression.then);
    case 'block expression':
      return labelOf(expression.value);
    default:
      return 'key';
  }
}
