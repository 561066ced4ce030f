/** `for $i : from..to { }`: the end is excluded, and both are computed once. */
import type { Operand } from '../ir/program.js';
import type { Expression, Statement } from '../syntax/tree.js';
import { scalarOf } from './conversion.js';
import { constant, helpers } from './function_builder.js';
import { loopFunction } from './loop_functions.js';
import type { Lowering } from './lowering.js';
import type { Scalar } from './value.js';
import { assignVariable } from './variables.js';

/** `bpf_loop` refuses more. */
const mostRounds = 1 << 23;

/** The first number of a range, and the one after its last. */
export function rangeOf(
  lowering: Lowering,
  from: Expression,
  to: Expression,
): { readonly first: Scalar; readonly last: Operand } {
  const first = scalarOf(lowering, from, 'The start of a range');
  return { first, last: scalarOf(lowering, to, 'The end of a range').operand };
}

/** Runs the body as a function, without a limit of the verifier's: at most 8,388,608 times. */
export function forRangeByFunction(
  lowering: Lowering,
  { variable, from, to, body, place }: Extract<Statement, { kind: 'for range' }>,
): void {
  const { builder } = lowering;
  const { first, last } = rangeOf(lowering, from, to);
  const rounds = roundsBetween(lowering, first.operand, last);
  loopFunction(
    lowering,
    {
      variable: variable.name,
      body,
      words: [first.operand],
      rounds,
      open: (inner, word) => {
        const round = inner.builder.register();
        return {
          parameters: [round],
          begin: () => {
            const operand = inner.builder.operate('add', inner.builder.load(word(0)), round);
            assignVariable(inner, variable.name, { ...first, operand }, place);
          },
        };
      },
    },
    (code, frame) => builder.helper(helpers.loop, rounds, code, frame, constant(0)),
  );
}

/** 0 if the end is not above the start. */
function roundsBetween({ builder }: Lowering, first: Operand, last: Operand): Operand {
  const rounds = builder.register();
  const [some, many, end] = [builder.block(), builder.block(), builder.block()];
  const start = builder.inRegister(first);
  builder.set(rounds, constant(0));
  builder.branch('signedBelow', start, last, some, end);
  builder.continueIn(some);
  builder.set(rounds, builder.operate('sub', last, start));
  builder.branch('above', rounds, constant(mostRounds), many, end);
  builder.continueIn(many);
  builder.set(rounds, constant(mostRounds));
  builder.jump(end);
  builder.continueIn(end);
  return rounds;
}
