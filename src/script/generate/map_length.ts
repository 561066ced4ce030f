/** `len(@map)` */
import { signed } from '../check/value_type.js';
import { isAtLeast } from '../resolve/kernel_types.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { constant, FunctionBuilder, helpers } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { mapName } from './map_names.js';
import type { Value } from './value.js';

const everyEntry = 'every_entry';

/** The kernel says how many entries it has visited. */
export function length(
  lowering: Lowering,
  { arguments: [target], place }: Extract<Expression, { kind: 'call' }>,
): Value {
  const { builder, compilation } = lowering;
  if (target?.kind !== 'map' || target.key !== undefined)
    throw new ScriptProblem(place, 'len() takes a map', 'Write it as in len(@x).');
  const map = lowering.map(target.name, target.place);
  if (map.key?.length === 0)
    throw new ScriptProblem(place, `@${map.name} has no keys`, 'Ask for the length of a map with keys.');
  if (!isAtLeast(compilation.kernel, 5, 13))
    throw new ScriptProblem(
      place,
      'len() needs Linux 5.13',
      'The number of entries is a metric: santabpf_map_entries.',
    );
  const visit = new FunctionBuilder();
  const parameters = [visit.register(), visit.register(), visit.register(), visit.register()];
  visit.end({ kind: 'return', value: constant(0) });
  compilation.functions.set(everyEntry, visit.finish(everyEntry, undefined, parameters));
  const [entries, body] = [builder.map(mapName(map.name)), builder.functionAddress(everyEntry)];
  const operand = builder.helper(helpers.forEachEntry, entries, body, constant(0), constant(0));
  return { kind: 'scalar', type: signed, operand };
}
