/** Comparisons of numbers and texts. */
import { valueText } from '../check/value_type.js';
import type { Comparison } from '../ir/program.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { BinaryOperator, Expression } from '../syntax/tree.js';
import { constant } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { signOf } from './signs.js';
import { compareBytes, isComparedAsBytes } from './text_comparison.js';

type Binary = Extract<Expression, { kind: 'binary' }>;

const comparisons: Readonly<Record<string, readonly [unsigned: Comparison, signed: Comparison]>> = {
  '==': ['equal', 'equal'],
  '!=': ['unequal', 'unequal'],
  '<': ['below', 'signedBelow'],
  '<=': ['atMost', 'signedAtMost'],
  '>': ['above', 'signedAbove'],
  '>=': ['atLeast', 'signedAtLeast'],
};

export const isComparison = (operator: BinaryOperator) => Object.hasOwn(comparisons, operator);

/** Continues in one of two blocks, by a comparison. */
export function compare(
  lowering: Lowering,
  { operator, left, right, place }: Binary,
  then: number,
  otherwise: number,
): void {
  const a = lowering.value(left);
  const b = lowering.value(right);
  if (isComparedAsBytes(a) || isComparedAsBytes(b)) {
    if (operator !== '==' && operator !== '!=') {
      throw new ScriptProblem(place, `Texts cannot be compared with ${operator}`, 'Use == or !=.');
    }
    const difference = compareBytes(lowering, a, b, place);
    const [equal, different] = operator === '==' ? [then, otherwise] : [otherwise, then];
    lowering.builder.branch('equal', difference, constant(0), equal, different);
    return;
  }
  if (a.kind !== 'scalar' || b.kind !== 'scalar') {
    throw new ScriptProblem(
      place,
      `${valueText(a.type)} and ${valueText(b.type)} cannot be compared`,
      'Compare numbers or texts.',
    );
  }
  const isSigned = signOf(a, b) || signOf(b, a);
  lowering.builder.branch(comparisons[operator]![isSigned ? 1 : 0], a.operand, b.operand, then, otherwise);
}
