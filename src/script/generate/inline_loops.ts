/** Loops as instructions of the program: the verifier must see their end. */
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression, Statement } from '../syntax/tree.js';
import { constantArgument } from './arguments.js';
import { constant } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { rangeOf } from './range_loops.js';
import { assignVariable } from './variables.js';

const mostUnrolled = 100;

export function unroll(lowering: Lowering, count: Expression, body: readonly Statement[]): void {
  const times = constantArgument(lowering, count) ?? 0;
  if (!(times >= 1 && times <= mostUnrolled)) {
    throw new ScriptProblem(
      count.place,
      `unroll repeats 1 to ${mostUnrolled} times`,
      'Use a smaller number, or a loop.',
    );
  }
  const { builder } = lowering;
  const end = builder.block();
  for (let round = 0; round < times; round++) {
    const next = builder.block();
    lowering.loops.push({ next, end });
    lowering.run(lowering, body);
    lowering.loops.pop();
    builder.jump(next);
    builder.continueIn(next);
  }
  builder.jump(end);
  builder.continueIn(end);
}

/**
 * @param test jumps to one of the two blocks
 * @param step runs after each round
 */
export function whileTrue(
  lowering: Lowering,
  test: (body: number, end: number) => void,
  statements: readonly Statement[],
  step?: () => void,
): void {
  const { builder } = lowering;
  const [head, body, next, end] = [builder.block(), builder.block(), builder.block(), builder.block()];
  builder.jump(head);
  builder.continueIn(head);
  test(body, end);
  builder.continueIn(body);
  lowering.loops.push({ next, end });
  lowering.run(lowering, statements);
  lowering.loops.pop();
  builder.jump(next);
  builder.continueIn(next);
  step?.();
  builder.jump(head);
  builder.continueIn(end);
}

/** A range whose end the verifier must see. */
export function forRange(
  lowering: Lowering,
  { variable, from, to, body, place }: Extract<Statement, { kind: 'for range' }>,
): void {
  const { builder } = lowering;
  const { first, last } = rangeOf(lowering, from, to);
  const end = typeof last === 'number' ? builder.register() : undefined;
  if (end !== undefined) builder.set(end, last);
  const counter = builder.register();
  builder.set(counter, first.operand);
  whileTrue(
    lowering,
    (inside, after) => {
      const check = builder.block();
      builder.branch('signedBelow', counter, end ?? last, check, after);
      builder.continueIn(check);
      assignVariable(lowering, variable.name, { ...first, operand: counter }, place);
      builder.jump(inside);
    },
    body.statements,
    () => builder.set(counter, builder.operate('add', counter, constant(1))),
  );
}
