/** Arguments of functions. */
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { scalarOf } from './conversion.js';
import { isConstant } from './function_builder.js';
import type { Lowering } from './lowering.js';

type Call = Extract<Expression, { kind: 'call' }>;

export function only(call: Call): Expression {
  const [first] = call.arguments;
  if (first !== undefined && call.arguments.length === 1) return first;
  throw new ScriptProblem(call.place, `${call.name}() takes one argument`, `Write it as in ${call.name}(x).`);
}

/** How bpftrace prints a stack. A label shows each in the same way. */
const isStackMode = (argument: Expression) => argument.kind === 'name' && /^(bpftrace|perf|raw)$/.test(argument.name);

/** The number that an argument always is; undefined: it is left out. @throws ScriptProblem if it is not constant */
export function constantArgument(lowering: Lowering, argument: Expression | undefined): number | undefined {
  if (argument === undefined || isStackMode(argument)) return undefined;
  const { operand } = scalarOf(lowering, argument, 'This argument');
  if (isConstant(operand)) return Number(BigInt.asIntN(64, operand.constant));
  throw new ScriptProblem(argument.place, 'This argument must be a constant', 'Write a number.');
}
