/** Operators of one operand. */
import { signed, unsigned } from '../check/value_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression, Place, UnaryOperator } from '../syntax/tree.js';
import { spaceOf } from './casts.js';
import { truthOf } from './conditions.js';
import { scalarOf } from './conversion.js';
import { constant, isConstant } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { addressOf, valueAt } from './memory_access.js';
import type { Value } from './value.js';
import { addressOfVariable } from './variables.js';

export function unary(lowering: Lowering, operator: UnaryOperator, operand: Expression, place: Place): Value {
  const { builder } = lowering;
  switch (operator) {
    case '!':
      return truthOf(lowering, { kind: 'unary', operator, operand, place });
    case '*':
      // C has no type for a tuple in memory.
      if (operand.kind === 'unary' && operand.operator === '&') return lowering.value(operand.operand);
      return dereference(lowering, operand, place);
    case '&': {
      if (operand.kind === 'variable' && !lowering.entries.has(operand.name))
        return addressOfVariable(lowering, operand.name, place);
      const value = lowering.value(operand);
      if (value.kind !== 'object')
        throw new ScriptProblem(
          place,
          'Only what is in memory has an address',
          'Use & before a variable, a struct or an array.',
        );
      return {
        kind: 'scalar',
        type: { kind: 'pointer', to: value.type.of, space: value.type.space },
        operand: addressOf(lowering, value),
      };
    }
    default: {
      const value = scalarOf(lowering, operand, `The operand of ${operator}`);
      if (operator === '+') return value;
      const isInverted = operator === '~';
      const type = isInverted && value.type.kind === 'integer' && !value.type.isSigned ? unsigned : signed;
      if (isConstant(value.operand)) {
        const { constant: bits } = value.operand;
        const result = BigInt.asUintN(64, isInverted ? ~bits : -bits);
        return { kind: 'scalar', type, operand: constant(result), ...(value.isLiteral && { isLiteral: true }) };
      }
      const result = isInverted
        ? builder.operate('xor', value.operand, constant(0xffff_ffff_ffff_ffffn))
        : builder.operate('sub', constant(0), value.operand);
      return { kind: 'scalar', type, operand: result };
    }
  }
}

function dereference(lowering: Lowering, operand: Expression, place: Place): Value {
  const { type, operand: address } = scalarOf(lowering, operand, 'The operand of *');
  if (type.kind !== 'pointer')
    return valueAt(lowering, { kind: 'integer', bytes: 8, isSigned: false }, spaceOf(lowering), address, 0, place);
  return valueAt(lowering, type.to, type.space, address, 0, place);
}
