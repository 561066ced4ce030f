/** Operators of two operands. All arithmetic is of 64 bits. */
import { type IntegerValue, signed, unsigned, valueText } from '../check/value_type.js';
import type { Operand, Operation } from '../ir/program.js';
import { sizeOf } from '../resolve/c_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression, Place } from '../syntax/tree.js';
import { isComparison } from './comparison.js';
import { truthOf } from './conditions.js';
import { scalarOf } from './conversion.js';
import { constant, isConstant } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { signOf } from './signs.js';
import type { Scalar, Value } from './value.js';

type Binary = Extract<Expression, { kind: 'binary' }>;
type Arithmetic = '+' | '-' | '*' | '/' | '%' | '<<' | '>>' | '&' | '|' | '^';

/** Division is unsigned and `>>` shifts in zeroes, whatever the signs are, as in bpftrace. Only what is written in numbers is computed as in C. */
const operations: Readonly<Record<Arithmetic, Operation>> = {
  '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '%': 'mod', '<<': 'shiftLeft', '>>': 'shiftRight', '&': 'and', '|': 'or', '^': 'xor',
}; // biome-ignore format: a table

export function binary(lowering: Lowering, expression: Binary): Value {
  const { operator, left, right, place } = expression;
  if (operator === '&&' || operator === '||' || isComparison(operator)) return truthOf(lowering, expression);
  const a = scalarOf(lowering, left, `The left side of ${operator}`);
  const b = scalarOf(lowering, right, `The right side of ${operator}`);
  return arithmetic(lowering, operator as Arithmetic, a, b, place);
}

export function arithmetic(lowering: Lowering, operator: Arithmetic, a: Scalar, b: Scalar, place: Place): Scalar {
  if (a.type.kind === 'pointer' || b.type.kind === 'pointer') return pointerArithmetic(lowering, operator, a, b, place);
  const type = resultOf(operator, a, b);
  if (isConstant(a.operand) && isConstant(b.operand)) {
    const [left, right] = [a.operand.constant, b.operand.constant];
    const isNegative = a.isLiteral && b.isLiteral && [a, b].some(isNegativeLiteral);
    const value = isNegative
      ? fold(operator, BigInt.asIntN(64, left), BigInt.asIntN(64, right))
      : fold(operator, BigInt.asUintN(64, left), BigInt.asUintN(64, right));
    // A sum of literals is as flexible as a literal.
    return { kind: 'scalar', type, operand: constant(value), ...(a.isLiteral && b.isLiteral && { isLiteral: true }) };
  }
  return { kind: 'scalar', type, operand: operate(lowering, operator, a.operand, b.operand) };
}

function operate(lowering: Lowering, operator: Arithmetic, a: Operand, b: Operand): Operand {
  if ((operator === '<<' || operator === '>>') && isConstant(b)) b = constant(b.constant & 63n);
  if (operator === '/' || operator === '%') return divided(lowering, operator, a, b);
  return lowering.builder.operate(operations[operator], a, b);
}

/** A division by 0 gives 1, as in bpftrace. */
function divided({ builder }: Lowering, operator: '/' | '%', a: Operand, b: Operand): Operand {
  if (isConstant(b)) return b.constant === 0n ? constant(1) : builder.operate(operations[operator], a, b);
  const result = builder.register();
  const [some, end] = [builder.block(), builder.block()];
  builder.set(result, constant(1));
  builder.branch('unequal', b, constant(0), some, end);
  builder.continueIn(some);
  builder.set(result, builder.operate(operations[operator], a, b));
  builder.jump(end);
  builder.continueIn(end);
  return result;
}

const isNegativeLiteral = ({ type, operand }: Scalar) =>
  type.kind === 'integer' && type.isSigned && isConstant(operand) && BigInt.asIntN(64, operand.constant) < 0n;

function resultOf(operator: Arithmetic, a: Scalar, b: Scalar): IntegerValue {
  const isSigned =
    operator === '-' ? true : operator === '<<' || operator === '>>' ? signOf(a, b) : signOf(a, b) || signOf(b, a);
  return isSigned ? signed : unsigned;
}

function fold(operator: Arithmetic, left: bigint, right: bigint): bigint {
  const result = () => {
    switch (operator) {
      case '+':
        return left + right;
      case '-':
        return left - right;
      case '*':
        return left * right;
      case '/':
        return right === 0n ? 1n : left / right;
      case '%':
        return right === 0n ? 1n : left % right;
      case '<<':
        return left << (right & 63n);
      case '>>':
        return left >> (right & 63n);
      case '&':
        return left & right;
      case '|':
        return left | right;
      case '^':
        return left ^ right;
    }
  };
  return BigInt.asUintN(64, result());
}

function pointerArithmetic(lowering: Lowering, operator: Arithmetic, a: Scalar, b: Scalar, place: Place): Scalar {
  if (operator === '-' && a.type.kind === 'pointer' && b.type.kind === 'pointer') {
    return { kind: 'scalar', type: signed, operand: lowering.builder.operate('sub', a.operand, b.operand) };
  }
  const [pointer, number] = a.type.kind === 'pointer' ? [a, b] : [b, a];
  if (
    pointer.type.kind !== 'pointer' ||
    number.type.kind === 'pointer' ||
    (operator !== '+' && !(operator === '-' && pointer === a))
  ) {
    // Other operators take the address as a number.
    return { kind: 'scalar', type: unsigned, operand: operate(lowering, operator, a.operand, b.operand) };
  }
  const size = sizeOf(pointer.type.to);
  if (size === 0)
    throw new ScriptProblem(
      place,
      `The size of what ${valueText(pointer.type)} points to is not known`,
      'Cast the pointer first.',
    );
  const distance = isConstant(number.operand)
    ? constant(number.operand.constant * BigInt(size))
    : size === 1
      ? number.operand
      : lowering.builder.operate('mul', number.operand, constant(size));
  const operand = lowering.builder.operate(operator === '+' ? 'add' : 'sub', pointer.operand, distance);
  return { kind: 'scalar', type: pointer.type, operand };
}
