/** Aggregations in a script: what all CPUs have counted, together. */
import type { Aggregation, ScriptMapUse } from '../check/map_table.js';
import { signed, unsigned } from '../check/value_type.js';
import type { IrFunction, Register } from '../ir/program.js';
import { isAtLeast } from '../resolve/kernel_types.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Place } from '../syntax/tree.js';
import { constant, FunctionBuilder, helpers, type Memory } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { mapName } from './map_names.js';
import type { Scalar } from './value.js';

type Extreme = Extract<Aggregation, { kind: 'sum' | 'min' | 'max' | 'avg' | 'stats' }> & { kind: 'min' | 'max' };

/** More CPUs than any machine has: the verifier follows each round, so there must be an end. */
const mostCpus = 1024;

/** @throws ScriptProblem for histograms, and where the kernel cannot read the values of other CPUs */
export function readAggregation(lowering: Lowering, map: ScriptMapUse, key: Memory, place: Place): Scalar {
  const { builder, compilation } = lowering;
  const { kernel } = compilation;
  const aggregation = map.aggregation!;
  if (aggregation.kind === 'hist' || aggregation.kind === 'lhist' || aggregation.kind === 'stats') {
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
  const call = (code: IrFunction, ...more: number[]) => {
    compilation.functions.set(code.name, code);
    return builder.call(code.name, builder.map(mapName(map.name)), builder.addressOf(key), ...more.map(constant));
  };
  switch (aggregation.kind) {
    case 'count':
      return { kind: 'scalar', type: signed, operand: call(sumOfCpus(), 0) };
    case 'sum':
      return { kind: 'scalar', type: aggregation.isSigned ? signed : unsigned, operand: call(sumOfCpus(), 0) };
    case 'avg': {
      const [total, count] = [call(sumOfCpus(), 0), call(sumOfCpus(), 8)];
      const division = aggregation.isSigned ? 'signedDiv' : 'div';
      const type = aggregation.isSigned ? signed : unsigned;
      return { kind: 'scalar', type, operand: builder.operate(division, total, count) };
    }
    default: {
      const type = aggregation.isSigned ? signed : unsigned;
      return { kind: 'scalar', type, operand: call(extremeOfCpus({ ...aggregation, kind: aggregation.kind })) };
    }
  }
}

/** `sum_of_cpus(map, key, offset)`: the sum of a word of the values. */
function sumOfCpus(): IrFunction {
  const builder = new FunctionBuilder();
  const [map, key, offset] = [builder.register(), builder.register(), builder.register()];
  const sum = builder.register();
  builder.set(sum, constant(0));
  forEachCpu(builder, map, key, (value) => {
    const word = builder.operate('add', value, offset);
    builder.set(sum, builder.operate('add', sum, builder.load({ base: word, offset: 0 })));
  });
  builder.end({ kind: 'return', value: sum });
  return builder.finish('sum_of_cpus', undefined, [map, key, offset]);
}

/** The smallest or largest value of the CPUs that have one; 0 if none has. */
function extremeOfCpus({ kind, isSigned }: Extreme): IrFunction {
  const builder = new FunctionBuilder();
  const [map, key] = [builder.register(), builder.register()];
  const [extreme, isKnown] = [builder.register(), builder.register()];
  builder.set(extreme, constant(0));
  builder.set(isKnown, constant(0));
  forEachCpu(builder, map, key, (value) => {
    const [updated, known, take, next] = [builder.block(), builder.block(), builder.block(), builder.block()];
    builder.branch('equal', builder.load({ base: value, offset: 8 }), constant(0), next, updated);
    builder.continueIn(updated);
    const word = builder.load({ base: value, offset: 0 });
    builder.branch('equal', isKnown, constant(0), take, known);
    builder.continueIn(known);
    const below = isSigned ? 'signedBelow' : 'below';
    if (kind === 'min') builder.branch(below, word, extreme, take, next);
    else builder.branch(below, extreme, word, take, next);
    builder.continueIn(take);
    builder.set(extreme, word);
    builder.set(isKnown, constant(1));
    builder.jump(next);
    builder.continueIn(next);
  });
  builder.end({ kind: 'return', value: extreme });
  return builder.finish(`${kind}_of_cpus${isSigned ? '_signed' : ''}`, undefined, [map, key]);
}

function forEachCpu(builder: FunctionBuilder, map: Register, key: Register, use: (value: Register) => void): void {
  const cpu = builder.register();
  const [head, look, found, end] = [builder.block(), builder.block(), builder.block(), builder.block()];
  builder.set(cpu, constant(0));
  builder.jump(head);
  builder.continueIn(head);
  builder.branch('below', cpu, constant(mostCpus), look, end);
  builder.continueIn(look);
  // Null beyond the last CPU, and where the map has no such key.
  const value = builder.helper(helpers.lookUpOfCpu, map, key, cpu);
  builder.branch('unequal', value, constant(0), found, end);
  builder.continueIn(found);
  use(value);
  builder.set(cpu, builder.operate('add', cpu, constant(1)));
  builder.jump(head);
  builder.continueIn(end);
}
