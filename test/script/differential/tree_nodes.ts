/** Short forms of syntax nodes, without places: scripts are written as text and parsed again. */
import type {
  AssignmentOperator,
  BinaryOperator,
  Block,
  Expression,
  Statement,
  Target,
  TypeName,
} from '../../../src/script/syntax/tree.js';

const place = { start: 0, end: 0 };

export const integer = (value: bigint, isUnsigned = false): Expression =>
  value < 0n
    ? { kind: 'unary', operator: '-', operand: integer(-value), place }
    : { kind: 'integer', value, isUnsigned, place };
export const text = (value: string): Expression => ({ kind: 'string', value, place });
export const variable = (name: string): Target & { kind: 'variable' } => ({ kind: 'variable', name, place });
export const map = (name: string, key: readonly Expression[]): Target & { kind: 'map' } => ({
  kind: 'map',
  name,
  key: key.length === 0 ? undefined : key,
  place,
});
export const binary = (operator: BinaryOperator, left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
  place,
});
export const unary = (operator: '!' | '~' | '-' | '+', operand: Expression): Expression => ({
  kind: 'unary',
  operator,
  operand,
  place,
});
export const increment = (operator: '++' | '--', isPrefix: boolean, target: Target): Expression => ({
  kind: 'increment',
  operator,
  isPrefix,
  target,
  place,
});
export const conditional = (condition: Expression, then: Expression, otherwise: Expression): Expression => ({
  kind: 'conditional',
  condition,
  then,
  else: otherwise,
  place,
});
export const call = (name: string, ...given: readonly Expression[]): Expression => ({
  kind: 'call',
  name,
  arguments: given,
  place,
});
export const typeName = (name: string): TypeName => ({ kind: 'type', name, pointers: 0, dimensions: [], place });
export const cast = (name: string, operand: Expression): Expression => ({
  kind: 'cast',
  type: typeName(name),
  operand,
  place,
});
export const tuple = (elements: readonly Expression[]): Expression => ({
  kind: 'tuple',
  elements,
  names: undefined,
  place,
});
export const element = (object: Expression, index: number): Expression => ({
  kind: 'field',
  object,
  name: String(index),
  isArrow: false,
  place,
});
export const assignment = (target: Target, value: Expression, operator: AssignmentOperator = '='): Statement => ({
  kind: 'assignment',
  target,
  operator,
  value,
  place,
});
export const let_ = (name: string, type: string, value: Expression): Statement => ({
  kind: 'let',
  variable: variable(name),
  type: typeName(type),
  value,
  place,
});
export const run = (expression: Expression): Statement => ({ kind: 'expression statement', expression, place });
export const block = (statements: readonly Statement[]): Block => ({ kind: 'block', statements, place });
export const if_ = (condition: Expression, then: readonly Statement[], otherwise?: Statement): Statement => ({
  kind: 'if',
  condition,
  then: block(then),
  else: otherwise,
  place,
});
export const while_ = (condition: Expression, body: readonly Statement[]): Statement => ({
  kind: 'while',
  condition,
  body: block(body),
  place,
});
export const forRange = (name: string, from: Expression, to: Expression, body: readonly Statement[]): Statement => ({
  kind: 'for range',
  variable: variable(name),
  from,
  to,
  body: block(body),
  place,
});
export const unroll = (count: number, body: readonly Statement[]): Statement => ({
  kind: 'unroll',
  count: integer(BigInt(count)),
  body: block(body),
  place,
});
export const jump = (kind: 'break' | 'continue'): Statement => ({ kind, place });
export const return_: Statement = { kind: 'return', value: undefined, place };
export const valueBlock = (statements: readonly Statement[], value: Expression): Expression => ({
  kind: 'block expression',
  statements,
  value,
  place,
});
export const begin = (body: readonly Statement[]) => ({
  points: [{ provider: 'begin', parts: [], place }],
  predicate: undefined,
  body: block(body),
  place,
});
