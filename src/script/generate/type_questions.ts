/** `is_ptr(x)` and the like: what the compiler knows of an expression, as a constant. */
import { truth } from '../check/value_type.js';
import { isText } from '../resolve/c_type.js';
import type { Expression } from '../syntax/tree.js';
import { constant } from './function_builder.js';
import type { Lowering } from './lowering.js';
import type { Scalar, Value } from './value.js';

type Question = (value: Value, expression: Expression) => boolean;

const isInteger = ({ type }: Value) => type.kind === 'integer' && !type.isBoolean;
const isString = ({ type }: Value) => type.kind === 'text' || (type.kind === 'object' && isText(type.of));

const questions: Readonly<Record<string, Question>> = {
  is_array: (value) => {
    const of = value.type.kind === 'object' || value.type.kind === 'bytes' ? value.type.of : undefined;
    return of?.kind === 'array' && !isString(value);
  },
  is_integer: isInteger,
  is_literal: (_, { kind }) => kind === 'integer' || kind === 'string' || kind === 'boolean',
  is_ptr: ({ type }) => type.kind === 'pointer',
  is_str: isString,
  is_unsigned_integer: (value) => isInteger(value) && value.type.kind === 'integer' && !value.type.isSigned,
};

export const questionNames = Object.keys(questions);

/** Undefined: it is none of these functions. */
export function typeQuestion(lowering: Lowering, name: string, argument: Expression | undefined): Scalar | undefined {
  const question = Object.hasOwn(questions, name) ? questions[name] : undefined;
  if (question === undefined || argument === undefined) return undefined;
  const answer = question(lowering.value(argument), argument);
  return { kind: 'scalar', type: truth, operand: constant(answer ? 1 : 0) };
}
