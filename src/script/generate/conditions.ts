/** What is true or false: jumps where it decides, 0 or 1 where it is a value. */
import { commonType, storedSize, truth, type ValueType, valueText } from '../check/value_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { compare, isComparison } from './comparison.js';
import { storedType, storeInto, valueIn } from './conversion.js';
import { constant } from './function_builder.js';
import type { Lowering } from './lowering.js';
import type { Value } from './value.js';

/** Continues in one of two blocks. The right side of && and || runs only if the left one does not decide. */
export function branchOn(lowering: Lowering, condition: Expression, then: number, otherwise: number): void {
  const { builder } = lowering;
  if (condition.kind === 'unary' && condition.operator === '!') {
    branchOn(lowering, condition.operand, otherwise, then);
  } else if (condition.kind === 'binary' && (condition.operator === '&&' || condition.operator === '||')) {
    const second = builder.block();
    if (condition.operator === '&&') branchOn(lowering, condition.left, second, otherwise);
    else branchOn(lowering, condition.left, then, second);
    builder.continueIn(second);
    branchOn(lowering, condition.right, then, otherwise);
  } else if (condition.kind === 'binary' && isComparison(condition.operator)) {
    builder.place = condition.place;
    compare(lowering, condition, then, otherwise);
  } else {
    const value = lowering.value(condition);
    if (value.kind !== 'scalar') {
      throw new ScriptProblem(
        condition.place,
        `A condition must be a number, not ${valueText(value.type)}`,
        'Compare it: x == "text".',
      );
    }
    builder.branch('unequal', value.operand, constant(0), then, otherwise);
  }
}

/** Whether a condition is the same at every run, as options and constants are; undefined: it is not, and nothing was generated. */
export function constantTruth(lowering: Lowering, condition: Expression): boolean | undefined {
  if (condition.kind === 'unary' && condition.operator === '!') {
    const operand = constantTruth(lowering, condition.operand);
    return operand === undefined ? undefined : !operand;
  }
  if (
    condition.kind !== 'boolean' &&
    condition.kind !== 'integer' &&
    !(condition.kind === 'call' && condition.name === 'getopt')
  )
    return undefined;
  const value = lowering.value(condition);
  return value.kind === 'scalar' && typeof value.operand !== 'number' ? value.operand.constant !== 0n : undefined;
}

/** 1 or 0. */
export function truthOf(lowering: Lowering, condition: Expression): Value {
  const { builder } = lowering;
  const operand = builder.register();
  const [yes, end] = [builder.block(), builder.block()];
  builder.set(operand, constant(0));
  branchOn(lowering, condition, yes, end);
  builder.continueIn(yes);
  builder.set(operand, constant(1));
  builder.jump(end);
  builder.continueIn(end);
  return { kind: 'scalar', type: truth, operand };
}

/** `a ? b : c`. Only one of the two values is computed. */
export function conditional(lowering: Lowering, expression: Extract<Expression, { kind: 'conditional' }>): Value {
  const { builder } = lowering;
  const [yes, no, end] = [builder.block(), builder.block(), builder.block()];
  branchOn(lowering, expression.condition, yes, no);
  builder.continueIn(yes);
  const first = lowering.value(expression.then);
  const firstEnd = builder.block();
  builder.jump(firstEnd);
  builder.continueIn(no);
  const second = lowering.value(expression.else);
  const secondEnd = builder.block();
  builder.jump(secondEnd);
  const type = typeOfBoth(lowering, expression, first, second);
  if (type === undefined) {
    for (const block of [firstEnd, secondEnd]) {
      builder.continueIn(block);
      builder.jump(end);
    }
    builder.continueIn(end);
    return { kind: 'nothing', type: { kind: 'nothing' } };
  }
  const isScalar = type.kind === 'integer' || type.kind === 'pointer';
  const operand = builder.register();
  const memory = isScalar ? undefined : lowering.temporary(storedSize(type));
  for (const [block, value] of [
    [firstEnd, first],
    [secondEnd, second],
  ] as const) {
    builder.continueIn(block);
    if (memory !== undefined) storeInto(lowering, memory, value, type, expression.place);
    else if (value.kind === 'scalar') builder.set(operand, value.operand);
    builder.jump(end);
  }
  builder.continueIn(end);
  return memory === undefined
    ? { kind: 'scalar', type: type as Extract<Value, { kind: 'scalar' }>['type'], operand }
    : valueIn(lowering, type, memory);
}

function typeOfBoth(lowering: Lowering, { place }: Expression, first: Value, second: Value): ValueType | undefined {
  if (first.kind === 'nothing' && second.kind === 'nothing') return undefined;
  const { longestText } = lowering.compilation.settings;
  const [a, b] = [storedType(first, longestText), storedType(second, longestText)];
  const common = commonType(a, b);
  if (common === undefined || common.kind === 'object') {
    throw new ScriptProblem(
      place,
      `The two values are ${valueText(a)} and ${valueText(b)}`,
      'Both must be numbers, or texts, or tuples of the same types.',
    );
  }
  return common;
}
