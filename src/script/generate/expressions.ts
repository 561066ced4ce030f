/** Expressions. */
import { signed, sizedText, truth } from '../check/value_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { binary } from './arithmetic.js';
import { builtin } from './builtins.js';
import { call } from './calls.js';
import { cast } from './casts.js';
import { conditional } from './conditions.js';
import { field, index, offsetOf, sizeOfExpression } from './fields.js';
import { constant } from './function_builder.js';
import type { Destination, Lowering } from './lowering.js';
import { readMap } from './map_access.js';
import { increment } from './map_updates.js';
import { tuple } from './tuples.js';
import { unary } from './unary.js';
import type { Value } from './value.js';
import { variable } from './variables.js';

export function evaluate(lowering: Lowering, expression: Expression, into?: Destination): Value {
  const { place } = expression;
  switch (expression.kind) {
    case 'integer': {
      const { value } = expression;
      const isUnsigned = expression.isUnsigned || value > 0x7fff_ffff_ffff_ffffn;
      return {
        kind: 'scalar',
        type: { ...signed, isSigned: !isUnsigned, written: bytesOf(value) },
        operand: constant(BigInt.asUintN(64, value)),
        isLiteral: true,
      };
    }
    case 'boolean':
      return { kind: 'scalar', type: truth, operand: constant(expression.value ? 1 : 0) };
    case 'string':
      return literal(expression.value);
    case 'name':
      return builtin(lowering, expression.name, place, into);
    case 'positional':
      throw new ScriptProblem(place, 'A script here has no positional parameters', 'Write the value itself.');
    case 'variable':
      return variable(lowering, expression.name, place);
    case 'map':
      return readMap(lowering, expression);
    case 'unary':
      return unary(lowering, expression.operator, expression.operand, place);
    case 'increment':
      return increment(lowering, expression);
    case 'binary':
      return binary(lowering, expression);
    case 'conditional':
      return conditional(lowering, expression);
    case 'field':
      return field(lowering, expression.object, expression.name, place);
    case 'index':
      return index(lowering, expression.object, expression.index, place);
    case 'call':
      return call(lowering, expression, into);
    case 'cast':
      return cast(lowering, expression.type, expression.operand, place);
    case 'tuple':
      return tuple(lowering, expression.elements, expression.names);
    case 'sizeof':
      return number(sizeOfExpression(lowering, expression.of));
    case 'offsetof':
      return number(offsetOf(lowering, expression.of, expression.path, place));
    case 'block expression':
      lowering.run(lowering, expression.statements);
      return lowering.value(expression.value, into);
    default:
      // An argument of a macro may be a type.
      throw new ScriptProblem(place, 'A type has no value', 'Use it in sizeof(), in a cast, or in typeof().');
  }
}

function literal(text: string): Value {
  const bytes = Buffer.from(text, 'utf8');
  return { kind: 'literal', type: sizedText(bytes.length + 1), text: bytes };
}

/** The smallest integer type that holds it. */
const bytesOf = (value: bigint) => [1, 2, 4].find((bytes) => value < 1n << BigInt(8 * bytes)) ?? 8;

function number(value: number): Value {
  return { kind: 'scalar', type: { ...signed, isSigned: false }, operand: constant(value) };
}
