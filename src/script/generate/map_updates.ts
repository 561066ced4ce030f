/** Assignments to maps, and what else changes their entries. */
import type { Aggregation, ScriptMapUse } from '../check/map_table.js';
import { nothing, signed, storedSize, truth, unsigned, valueText } from '../check/value_type.js';
import type { Operand } from '../ir/program.js';
import { sizeOf } from '../resolve/c_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { AssignmentOperator, BinaryOperator, Expression, MapAccess, Place } from '../syntax/tree.js';
import { lookUpOrAdd, lostUpdate, updateAggregation } from './aggregations.js';
import { arithmetic } from './arithmetic.js';
import { scalarOf, storedType, storeInto } from './conversion.js';
import { constant, helpers, isConstant, type Memory } from './function_builder.js';
import { mostSlots, slotsOf } from './histogram_slots.js';
import type { Lowering } from './lowering.js';
import { readMap } from './map_access.js';
import { entryOf, keyOf } from './map_keys.js';
import { isExported, mapName } from './map_names.js';
import type { Scalar, Value } from './value.js';
import { assignVariable } from './variables.js';

type Call = Extract<Expression, { kind: 'call' }>;

/** `@x[key] = value`, also with an aggregation as the value. */
export function assignMap(
  lowering: Lowering,
  target: MapAccess,
  operator: AssignmentOperator,
  expression: Expression,
): void {
  if (expression.kind === 'block expression') {
    lowering.run(lowering, expression.statements);
    assignMap(lowering, target, operator, expression.value);
    return;
  }
  const aggregation = expression.kind === 'call' ? aggregationOf(lowering, expression) : undefined;
  if (aggregation !== undefined) {
    if (operator !== '=')
      throw new ScriptProblem(expression.place, `${aggregation.how.kind}() cannot be used with ${operator}`, 'Use =.');
    const { map, key } = keyOf(lowering, target);
    if (lowering.hook.provider === 'iter' && !/^(count|sum|min|max)$/.test(aggregation.how.kind)) {
      throw new ScriptProblem(
        expression.place,
        `${aggregation.how.kind}() cannot be filled by an iterator: its values are those of the moment`,
        'Use count(), sum(), min() or max().',
      );
    }
    lowering.compilation.maps.useAggregation(map, aggregation.how, target.place);
    updateAggregation(lowering, map, key, map.aggregation ?? aggregation.how, aggregation.value?.operand);
    return;
  }
  if (operator === '+=' || operator === '-=') {
    const value = scalarOf(lowering, expression, `What is ${operator === '+=' ? 'added' : 'subtracted'}`);
    const isSigned = operator === '-=' || (value.type.kind === 'integer' && value.type.isSigned && !value.isLiteral);
    const amount = operator === '+=' ? value.operand : lowering.builder.operate('sub', constant(0), value.operand);
    add(lowering, target, amount, isSigned);
    return;
  }
  const value = operator === '=' ? lowering.value(expression) : combined(lowering, target, operator, expression);
  const { map, key } = keyOf(lowering, target);
  assignValue(lowering, map, key, value, target.place);
}

function combined(lowering: Lowering, target: MapAccess, operator: AssignmentOperator, expression: Expression): Value {
  lowering.compilation.maps.useValue(lowering.map(target.name, target.place), unsigned, target.place);
  const before = readMap(lowering, target);
  const value = scalarOf(lowering, expression, `The right side of ${operator}`);
  if (before.kind !== 'scalar')
    throw new ScriptProblem(target.place, `@${target.name} holds ${valueText(before.type)}`, 'Use =.');
  return arithmetic(
    lowering,
    operator.slice(0, -1) as Exclude<BinaryOperator, '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||'>,
    before,
    value,
    target.place,
  );
}

function assignValue(lowering: Lowering, map: ScriptMapUse, key: Memory, value: Value, place: Place): void {
  const { builder, compilation } = lowering;
  const type = storedType(value, compilation.settings.longestText);
  if (storedSize(type) === 0)
    throw new ScriptProblem(place, `${valueText(type)} cannot be stored in a map`, 'Store one of its fields.');
  compilation.maps.useValue(map, type, place);
  const kept = map.value!;
  const end = builder.block();
  if (map.key?.length === 0 || isExported(map)) {
    const found = lookUpOrAdd(lowering, map, key, end);
    storeInto(lowering, { base: found, offset: 0 }, value, kept, place);
    builder.jump(end);
  } else {
    const memory = lowering.temporary(storedSize(kept));
    storeInto(lowering, memory, value, kept, place);
    const name = mapName(map.name);
    const result = builder.helper(
      helpers.update,
      builder.map(name),
      builder.addressOf(key),
      builder.addressOf(memory),
      constant(0),
    );
    const lost = builder.block();
    builder.branch('equal', result, constant(0), end, lost);
    builder.continueIn(lost);
    lostUpdate(lowering, name, end, map);
    builder.jump(end);
  }
  builder.continueIn(end);
}

/** Adds to a plain number, atomically. A pointer moves by so many of what it points to. */
function add(lowering: Lowering, target: MapAccess, amount: Operand, isSigned: boolean): void {
  const { builder, compilation } = lowering;
  const { map, key } = keyOf(lowering, target);
  compilation.maps.useValue(map, isSigned ? signed : unsigned, target.place);
  const end = builder.block();
  const found = lookUpOrAdd(lowering, map, key, end);
  const distance = map.value?.kind === 'pointer' ? times(lowering, amount, sizeOf(map.value.to)) : amount;
  builder.addAtomically({ base: found, offset: 0 }, distance);
  builder.jump(end);
  builder.continueIn(end);
}

const times = ({ builder }: Lowering, amount: Operand, size: number): Operand =>
  isConstant(amount)
    ? constant(BigInt.asUintN(64, amount.constant * BigInt(size)))
    : builder.operate('mul', amount, constant(size));

/** `++` and `--`, of maps and of variables. */
export function increment(
  lowering: Lowering,
  { operator, isPrefix, target, place }: Extract<Expression, { kind: 'increment' }>,
): Value {
  const one: Expression = { kind: 'integer', value: 1n, isUnsigned: false, place };
  if (target.kind === 'map') {
    lowering.compilation.maps.useValue(lowering.map(target.name, place), operator === '--' ? signed : unsigned, place);
    const before = readUnlessUnused(lowering, target);
    add(lowering, target, constant(operator === '++' ? 1 : 0xffff_ffff_ffff_ffffn), operator === '--');
    return isPrefix ? arithmetic(lowering, operator === '++' ? '+' : '-', before, literalOne, place) : before;
  }
  if (!lowering.variables.has(target.name)) assignVariable(lowering, target.name, zero, place);
  const before = scalarOf(lowering, target, `The operand of ${operator}`);
  const after = arithmetic(lowering, operator === '++' ? '+' : '-', before, scalarOf(lowering, one, ''), place);
  assignVariable(lowering, target.name, after, place);
  return isPrefix ? after : before;
}

const literalOne: Scalar = { kind: 'scalar', type: signed, operand: constant(1), isLiteral: true };
const zero: Scalar = { kind: 'scalar', type: signed, operand: constant(0), isLiteral: true };

/** What was there before; as a statement nobody asks, and the map counts without being read. */
function readUnlessUnused(lowering: Lowering, target: MapAccess): Scalar {
  if (lowering.ignoresValue) return zero;
  const value = readMap(lowering, target);
  if (value.kind === 'scalar') return value;
  throw new ScriptProblem(
    target.place,
    `@${target.name} holds ${valueText(value.type)}`,
    'Only numbers can be counted up and down.',
  );
}

/** `delete(@x[key])`, `delete(@x, key)` and `delete(@x)`. Its value says whether there was an entry. */
export function deleteEntry(lowering: Lowering, call: Call): Value {
  const { builder } = lowering;
  const { map, key } = entryOf(lowering, call);
  if (!map.isDeleted) {
    map.isDeleted = true;
    lowering.compilation.maps.changed = true;
  }
  if (map.aggregation !== undefined) {
    lowering.compilation.notice(
      call.place,
      `delete() of @${map.name} is left out: counters of Prometheus never go back`,
    );
    return { kind: 'nothing', type: nothing };
  }
  if (map.key?.length === 0) {
    const end = builder.block();
    const found = lookUpOrAdd(lowering, map, key, end);
    builder.clear({ base: found, offset: 0 }, map.value === undefined ? 8 : storedSize(map.value));
    builder.jump(end);
    builder.continueIn(end);
    return { kind: 'scalar', type: truth, operand: constant(1) };
  }
  const result = builder.helper(helpers.delete, builder.map(mapName(map.name)), builder.addressOf(key));
  return isZero(lowering, result);
}

export function hasKey(lowering: Lowering, call: Call): Value {
  const { builder } = lowering;
  const { map, key } = entryOf(lowering, call);
  const found = builder.helper(helpers.lookUp, builder.map(mapName(map.name)), builder.addressOf(key));
  const operand = builder.register();
  const [yes, end] = [builder.block(), builder.block()];
  builder.set(operand, constant(0));
  builder.branch('unequal', found, constant(0), yes, end);
  builder.continueIn(yes);
  builder.set(operand, constant(1));
  builder.jump(end);
  builder.continueIn(end);
  return { kind: 'scalar', type: truth, operand };
}

function isZero({ builder }: Lowering, result: Operand): Value {
  const operand = builder.register();
  const [yes, end] = [builder.block(), builder.block()];
  builder.set(operand, constant(0));
  builder.branch('equal', result, constant(0), yes, end);
  builder.continueIn(yes);
  builder.set(operand, constant(1));
  builder.jump(end);
  builder.continueIn(end);
  return { kind: 'scalar', type: truth, operand };
}

/** Undefined: the function is no aggregation. */
function aggregationOf(lowering: Lowering, call: Call): { how: Aggregation; value: Scalar | undefined } | undefined {
  const { name, place } = call;
  const [first, ...rest] = call.arguments;
  if (name === 'count') {
    if (first !== undefined)
      throw new ScriptProblem(place, 'count() takes no argument', 'Use sum(x) to add numbers up.');
    return { how: { kind: 'count' }, value: undefined };
  }
  if (!/^(sum|min|max|avg|stats|hist|lhist)$/.test(name)) return undefined;
  if (first === undefined)
    throw new ScriptProblem(place, `${name}() needs a number`, `Write it as in ${name}(args.ret).`);
  const value = scalarOf(lowering, first, `The argument of ${name}()`);
  if (name === 'hist') {
    const bits = rest.length === 0 ? 0 : Number(numberIn(lowering, rest[0]!));
    if (rest.length > 1 || !(bits >= 0 && bits <= 5))
      throw new ScriptProblem(place, 'hist() divides powers of two by 0 to 5 bits', 'Write it as in hist(x, 2).');
    return { how: { kind: 'hist', bits }, value };
  }
  if (name === 'lhist') return { how: linear(lowering, call), value };
  if (rest.length > 0) throw new ScriptProblem(place, `${name}() takes one argument`, `Write it as in ${name}(x).`);
  const isSigned = value.type.kind === 'integer' && value.type.isSigned;
  return { how: { kind: name as 'sum', isSigned }, value };
}

function linear(lowering: Lowering, { arguments: [, ...numbers], place }: Call): Aggregation {
  if (numbers.length !== 3)
    throw new ScriptProblem(
      place,
      'lhist() takes a number, a minimum, a maximum and a step',
      'Write it as in lhist(x, 0, 100, 10).',
    );
  const [min, max, step] = numbers.map((each) => numberIn(lowering, each)) as [bigint, bigint, bigint];
  if (step <= 0n || min >= max)
    throw new ScriptProblem(
      place,
      'lhist() needs a step above 0 and a minimum below the maximum',
      'Write it as in lhist(x, 0, 100, 10).',
    );
  const how = { kind: 'lhist', min, max, step } as const;
  const slots = slotsOf(how);
  if (slots <= mostSlots) return how;
  throw new ScriptProblem(
    place,
    `lhist() makes ${slots - 2} intervals, more than ${mostSlots - 2}`,
    'Use a larger step.',
  );
}

function numberIn(lowering: Lowering, expression: Expression): bigint {
  const { operand } = scalarOf(lowering, expression, 'This argument');
  if (typeof operand !== 'number') return BigInt.asIntN(64, operand.constant);
  throw new ScriptProblem(expression.place, 'This argument must be a constant', 'Write a number.');
}
