/** Statements. A fault ends its statement only: others are found, too. */
import { storedSize } from '../check/value_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import { writtenName } from '../syntax/scopes.js';
import type { AssignmentOperator, BinaryOperator, Expression, Place, Statement, TypeName } from '../syntax/tree.js';
import { arithmetic } from './arithmetic.js';
import { typeNamed } from './casts.js';
import { branchOn, constantTruth } from './conditions.js';
import { convert, scalarOf } from './conversion.js';
import { constant } from './function_builder.js';
import { forRange, unroll, whileTrue } from './inline_loops.js';
import { isFunction } from './loop_functions.js';
import type { Lowering } from './lowering.js';
import { forEntries } from './map_loops.js';
import { assignMap } from './map_updates.js';
import { integerValue } from './memory_access.js';
import { forRangeByFunction } from './range_loops.js';
import { assignVariable, setNumber, variableBytes } from './variables.js';

export function runStatements(lowering: Lowering, statements: readonly Statement[]): void {
  for (const statement of statements) {
    lowering.builder.place = statement.kind === 'block' ? undefined : statement.place;
    lowering.statement(() => attempt(lowering, () => runStatement(lowering, statement), assignedBy(statement)));
  }
}

/** Notes what is wrong and goes on, so that faults elsewhere are found and types elsewhere become known. */
export function attempt(lowering: Lowering, run: () => void, variable?: string): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ScriptProblem)) throw error;
    lowering.compilation.problem(error);
    if (variable !== undefined && !lowering.variables.has(variable)) lowering.broken.add(variable);
  }
}

function assignedBy(statement: Statement): string | undefined {
  if (statement.kind === 'let') return statement.variable.name;
  return statement.kind === 'assignment' && statement.target.kind === 'variable' ? statement.target.name : undefined;
}

function runStatement(lowering: Lowering, statement: Statement): void {
  const { builder } = lowering;
  switch (statement.kind) {
    case 'block':
      runStatements(lowering, statement.statements);
      break;
    case 'expression statement':
      lowering.ignoresValue = true;
      try {
        if (statement.expression.kind !== 'increment') lowering.ignoresValue = false;
        lowering.value(statement.expression);
      } finally {
        lowering.ignoresValue = false;
      }
      break;
    case 'assignment':
      if (statement.target.kind === 'map') assignMap(lowering, statement.target, statement.operator, statement.value);
      else assign(lowering, statement.target.name, statement.operator, statement.value, statement.place);
      break;
    case 'let':
      declare(lowering, statement.variable.name, statement.type, statement.value, statement.place);
      break;
    case 'if': {
      const known = constantTruth(lowering, statement.condition);
      if (known !== undefined) {
        if (known) runStatements(lowering, statement.then.statements);
        else if (statement.else !== undefined) runStatements(lowering, [statement.else]);
        break;
      }
      const [then, otherwise, end] = [builder.block(), builder.block(), builder.block()];
      attempt(lowering, () => branchOn(lowering, statement.condition, then, otherwise));
      builder.continueIn(then);
      runStatements(lowering, statement.then.statements);
      builder.jump(end);
      builder.continueIn(otherwise);
      if (statement.else !== undefined) runStatements(lowering, [statement.else]);
      builder.jump(end);
      builder.continueIn(end);
      break;
    }
    case 'unroll':
      unroll(lowering, statement.count, statement.body.statements);
      break;
    case 'while':
      whileTrue(lowering, (body, end) => branchOn(lowering, statement.condition, body, end), statement.body.statements);
      break;
    case 'for range':
      if (isFunction(statement, lowering.compilation.kernel)) forRangeByFunction(lowering, statement);
      else forRange(lowering, statement);
      break;
    case 'for entries':
      forEntries(lowering, statement);
      break;
    case 'return':
      if (statement.value !== undefined) lowering.value(statement.value);
      builder.jump(lowering.exit);
      afterJump(lowering);
      break;
    case 'break':
    case 'continue': {
      const loop = lowering.loops.at(-1);
      if (loop === undefined)
        throw new ScriptProblem(statement.place, `${statement.kind} is outside of a loop`, 'Remove it.');
      builder.jump(statement.kind === 'break' ? loop.end : loop.next);
      afterJump(lowering);
      break;
    }
  }
}

/** What follows is checked, and never runs. */
function afterJump({ builder }: Lowering): void {
  builder.continueIn(builder.block());
}

function assign(
  lowering: Lowering,
  name: string,
  operator: AssignmentOperator,
  expression: Expression,
  place: Place,
): void {
  if (operator === '=') {
    assignVariable(lowering, name, lowering.value(expression), place);
    return;
  }
  const before = scalarOf(lowering, { kind: 'variable', name, place }, `$${writtenName(name)}`);
  const value = scalarOf(lowering, expression, `The right side of ${operator}`);
  const how = operator.slice(0, -1) as Exclude<BinaryOperator, '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||'>;
  assignVariable(lowering, name, arithmetic(lowering, how, before, value, place), place);
}

function declare(
  lowering: Lowering,
  name: string,
  type: TypeName | undefined,
  expression: Expression | undefined,
  place: Place,
): void {
  if (type !== undefined && type.name !== 'string') {
    const known = typeNamed(lowering, type);
    if (known.kind === 'integer') {
      const declared = integerValue(known);
      lowering.variables.set(name, { type: declared, isLocked: true });
      const operand =
        expression === undefined
          ? constant(0)
          : convert(lowering, scalarOf(lowering, expression, 'The value').operand, declared);
      setNumber(lowering, name, operand);
      return;
    }
  }
  if (expression === undefined) forget(lowering, name);
  else assignVariable(lowering, name, lowering.value(expression), place);
}

/** A declaration in a loop begins anew each time. */
function forget(lowering: Lowering, name: string): void {
  const { builder } = lowering;
  lowering.declared.add(name);
  const type = lowering.variables.get(name)?.type;
  if (type === undefined || type.kind === 'nothing') return;
  if (type.kind === 'object') builder.set(lowering.registerOf(name), constant(0));
  else if (type.kind === 'integer' || type.kind === 'pointer') setNumber(lowering, name, constant(0));
  else builder.clear(lowering.memoryOf(name, variableBytes(type)), storedSize(type));
}
