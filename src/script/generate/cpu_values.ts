/** Aggregations in a script: what all CPUs have counted, together. */
import type { Aggregation, ScriptMapUse } from '../check/map_table.js';
import { signed, unsigned } from '../check/value_type.js';
import type { IrFunction, Register } from '../ir/program.js';
import { isAtLeast } from '../resolve/kernel_types.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Place } from '../syntax/tree.js';
import { constant, FunctionBuilder, helpers, type Memory, shifted } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { mapName } from './map_names.js';
import { tupleOf } from './tuples.js';
import type { Value } from './value.js';

type Extreme = Extract<Aggregation, { kind: 'sum' | 'min' | 'max' | 'avg' | 'stats' }> & { kind: 'min' | 'max' };

/** More than the kernel is built for; the loop ends at the last CPU. */
const mostCpus = 8192;

/** A number, or for `stats` the record of its numbers. @throws ScriptProblem for histograms, and where the kernel cannot read the values of other CPUs */
export function readAggregation(lowering: Lowering, map: ScriptMapUse, key: Memory, place: Place): Value {
  const { builder, compilation } = lowering;
  const { kernel } = compilation;
  const aggregation = map.aggregation!;
  if (aggregation.kind === 'hist' || aggregation.kind === 'lhist') {
    throw new ScriptProblem(
      place,
      `@${map.name} is ${aggregation.kind}(), which is no number`,
      'Read it in Prometheus, or add up what you need with sum() or count().',
    );
  }
  if (!isAtLeast(kernel, 5, 19)) {
    throw new ScriptProblem(
      place,
      `Reading ${aggregation.kind}() in a script needs Linux 5.19, and this is ${kernel.version.join('.')}`,
      'Each CPU has a value of its own there. Use a plain value: @x++ or @x += 1.',
    );
  }
  const name = mapName(map.name);
  const sum = (offset: number) => overCpus(lowering, key, sumOfCpus(name, offset));
  switch (aggregation.kind) {
    case 'count':
      return { kind: 'scalar', type: signed, operand: sum(0) };
    case 'sum':
      return { kind: 'scalar', type: aggregation.isSigned ? signed : unsigned, operand: sum(0) };
    case 'avg':
    case 'stats': {
      const type = aggregation.isSigned ? signed : unsigned;
      const [total, count] = [sum(0), sum(8)];
      const mean = builder.operate(aggregation.isSigned ? 'signedDiv' : 'div', total, count);
      if (aggregation.kind === 'avg') return { kind: 'scalar', type, operand: mean };
      const values = [
        { kind: 'scalar', type: unsigned, operand: count },
        { kind: 'scalar', type, operand: mean },
        { kind: 'scalar', type, operand: total },
      ] as const;
      return tupleOf(
        lowering,
        values.map((value) => ({ value, place })),
        ['count', 'average', 'total'],
      );
    }
    default: {
      const type = aggregation.isSigned ? signed : unsigned;
      return {
        kind: 'scalar',
        type,
        operand: overCpus(lowering, key, extremeOfCpus(name, { ...aggregation, kind: aggregation.kind })),
      };
    }
  }
}

/** Calls a function for each CPU. Its frame begins with the address of the key and the result. @returns the result */
function overCpus({ builder, compilation }: Lowering, key: Memory, code: IrFunction): Register {
  compilation.functions.set(code.name, code);
  const frame = builder.frame(8 * frameWords);
  builder.store(shifted(frame, keyAt), builder.addressOf(key));
  builder.store(shifted(frame, resultAt), constant(0));
  builder.store(shifted(frame, isKnownAt), constant(0));
  const [body, shared] = [builder.functionAddress(code.name), builder.addressOf(frame)];
  builder.helper(helpers.loop, constant(mostCpus), body, shared, constant(0));
  return builder.load(shifted(frame, resultAt));
}

const keyAt = 0;
const resultAt = 8;
const isKnownAt = 16;
const frameWords = 3;

/** The sum of a word of the values. */
function sumOfCpus(map: string, offset: number): IrFunction {
  return forCpu(`sum_of_${map}_${offset}`, map, (builder, value, result) => {
    builder.store(result, builder.operate('add', builder.load(result), builder.load({ base: value, offset })));
  });
}

/** The smallest or largest value of the CPUs that have one; 0 if none has. */
function extremeOfCpus(map: string, { kind, isSigned }: Extreme): IrFunction {
  return forCpu(`${kind}_of_${map}`, map, (builder, value, result, isKnown) => {
    const [updated, known, take, next] = [builder.block(), builder.block(), builder.block(), builder.block()];
    builder.branch('equal', builder.load({ base: value, offset: 8 }), constant(0), next, updated);
    builder.continueIn(updated);
    const word = builder.load({ base: value, offset: 0 });
    builder.branch('equal', builder.load(isKnown), constant(0), take, known);
    builder.continueIn(known);
    const below = isSigned ? 'signedBelow' : 'below';
    if (kind === 'min') builder.branch(below, word, builder.load(result), take, next);
    else builder.branch(below, builder.load(result), word, take, next);
    builder.continueIn(take);
    builder.store(result, word);
    builder.store(isKnown, constant(1));
    builder.jump(next);
    builder.continueIn(next);
  });
}

/** A function of `bpf_loop`: 1 ends the loop. */
function forCpu(
  name: string,
  map: string,
  use: (builder: FunctionBuilder, value: Register, result: Memory, isKnown: Memory) => void,
): IrFunction {
  const builder = new FunctionBuilder();
  const [cpu, frame] = [builder.register(), builder.register()];
  const [found, end] = [builder.block(), builder.block()];
  const word = (offset: number): Memory => ({ base: frame, offset });
  // Null beyond the last CPU, and where the map has no such key.
  const value = builder.helper(helpers.lookUpOfCpu, builder.map(map), builder.load(word(keyAt)), cpu);
  builder.branch('unequal', value, constant(0), found, end);
  builder.continueIn(found);
  use(builder, value, word(resultAt), word(isKnownAt));
  builder.end({ kind: 'return', value: constant(0) });
  builder.continueIn(end);
  builder.end({ kind: 'return', value: constant(1) });
  return builder.finish(name, undefined, [cpu, frame]);
}
