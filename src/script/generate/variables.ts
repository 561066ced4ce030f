/** Variables: the first assignment decides the type. */
import { nothing, signed, type ValueType, valueText } from '../check/value_type.js';
import type { Operand } from '../ir/program.js';
import { isText } from '../resolve/c_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import { visit } from '../syntax/rewriting.js';
import { writtenName } from '../syntax/scopes.js';
import type { Block, Place } from '../syntax/tree.js';
import { storedType, storeInto, valueIn } from './conversion.js';
import { constant, shifted } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { entryValue } from './map_access.js';
import { addressOf } from './memory_access.js';
import { typeInMemory } from './stored_c_type.js';
import type { Value } from './value.js';

export function variable(lowering: Lowering, name: string, place: Place): Value {
  const entry = lowering.entries.get(name);
  if (entry !== undefined) return entryValue(lowering, entry, place);
  const known = lowering.variables.get(name);
  if (known === undefined) {
    if (lowering.broken.has(name)) throw new ScriptProblem(place, '', '');
    if (lowering.declared.has(name)) return { kind: 'scalar', type: signed, operand: constant(0), isLiteral: true };
    const names = [...new Set([...lowering.variables.keys()].map((each) => `$${writtenName(each)}`))];
    const list = names.length === 0 ? '' : ` Variables of this probe: ${names.join(', ')}.`;
    const written = writtenName(name);
    throw new ScriptProblem(place, `$${written} has no value here`, `Assign one before: $${written} = 0;${list}`);
  }
  const { type } = known;
  switch (type.kind) {
    case 'integer':
    case 'pointer': {
      if (lowering.addressed.has(name))
        return { kind: 'scalar', type, operand: lowering.builder.load(lowering.memoryOf(name, 8)) };
      // A copy: the variable may get another value before this one is used.
      const operand = lowering.builder.register();
      lowering.builder.set(operand, lowering.registerOf(name));
      return { kind: 'scalar', type, operand };
    }
    case 'object':
      return { kind: 'object', type, address: lowering.registerOf(name), offset: 0 };
    case 'nothing':
      return { kind: 'nothing', type: nothing };
    default:
      return valueIn(lowering, type, lowering.memoryOf(name, variableBytes(type)));
  }
}

export function variableBytes(type: ValueType): number {
  return type.kind === 'tuple'
    ? type.elements.reduce((sum, each) => sum + Math.max(8, variableBytes(each)), 0)
    : 'bytes' in type
      ? type.bytes
      : 8;
}

/** Gives a variable the value. The first assignment decides the type. */
export function assignVariable(lowering: Lowering, name: string, value: Value, place: Place): void {
  const { settings } = lowering.compilation;
  if (value.kind === 'nothing')
    throw new ScriptProblem(place, `$${writtenName(name)} cannot hold ${valueText(value.type)}`, 'Assign a value.');
  const type =
    value.kind === 'object' ? storedTypeOfObject(value, settings.longestText) : storedType(value, settings.longestText);
  const { type: kept } = lowering.useVariable(name, type, place);
  const { builder } = lowering;
  if (kept.kind === 'integer' || kept.kind === 'pointer') {
    if (value.kind !== 'scalar')
      throw new ScriptProblem(place, `$${writtenName(name)} holds numbers`, 'Use another variable.');
    const { operand } = value;
    const cut =
      kept.kind === 'integer' && kept.bytes < 8 && value.type.kind === 'integer' && value.type.bytes > kept.bytes;
    setNumber(lowering, name, cut ? builder.extend(operand, kept.bytes as 1, kept.isSigned) : operand);
  } else if (kept.kind === 'object') {
    if (value.kind !== 'object')
      throw new ScriptProblem(place, `$${writtenName(name)} holds ${valueText(kept)}`, 'Use another variable.');
    const address = value.offset === 0 ? value.address : builder.operate('add', value.address, constant(value.offset));
    builder.set(lowering.registerOf(name), address);
  } else {
    storeInto(lowering, shifted(lowering.memoryOf(name, variableBytes(kept)), 0), value, kept, place);
  }
}

/** Gives a variable that holds a number or a pointer its 64 bits. */
export function setNumber(lowering: Lowering, name: string, operand: Operand): void {
  const { builder } = lowering;
  if (lowering.addressed.has(name)) builder.store(lowering.memoryOf(name, 8), operand);
  else builder.set(lowering.registerOf(name), operand);
}

/** `&$x`: the variable is in the program's own memory. */
export function addressOfVariable(lowering: Lowering, name: string, place: Place): Value {
  const value = variable(lowering, name, place);
  if (value.kind === 'object') {
    return {
      kind: 'scalar',
      type: { kind: 'pointer', to: value.type.of, space: value.type.space },
      operand: addressOf(lowering, value),
    };
  }
  const to = typeInMemory(value.type);
  if (to === undefined)
    throw new ScriptProblem(
      place,
      `${valueText(value.type)} has no address`,
      'Use & before a number, a text, a struct or an array.',
    );
  const memory = lowering.memoryOf(name, variableBytes(value.type));
  return { kind: 'scalar', type: { kind: 'pointer', to, space: 'copy' }, operand: lowering.builder.addressOf(memory) };
}

/** Variables whose address a block takes. */
export function addressedIn(block: Block): ReadonlySet<string> {
  const names = new Set<string>();
  visit(block, (node) => {
    const { operator, operand } = node as unknown as { operator?: string; operand?: { kind: string; name: string } };
    if (node.kind === 'unary' && operator === '&' && operand?.kind === 'variable') names.add(operand.name);
  });
  return names;
}

/** An object is held by its address, except one in temporary memory. */
function storedTypeOfObject(value: Extract<Value, { kind: 'object' }>, longestText: number): ValueType {
  const { type, offset } = value;
  if (isText(type.of) || type.space.startsWith('copy')) return storedType(value, longestText);
  // The context itself takes constant offsets only; it is the kernel's memory as well.
  return type.space === 'context' && offset !== 0 ? { ...type, space: 'kernel' } : type;
}
