import { truth } from '../check/value_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression } from '../syntax/tree.js';
import { constant, helpers } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { valueOfKey } from './map_access.js';
import { entryOf } from './map_keys.js';
import { mapName } from './map_names.js';
import type { Value } from './value.js';
import { assignVariable } from './variables.js';

/** `find(@map, key, $variable)`: whether there is an entry, whose value the variable gets. */
export function findEntry(lowering: Lowering, call: Extract<Expression, { kind: 'call' }>): Value {
  const { builder } = lowering;
  const [, , variable] = call.arguments;
  if (variable?.kind !== 'variable' || call.arguments.length !== 3)
    throw new ScriptProblem(
      call.place,
      'find() takes a map, a key and a variable',
      'Write it as in find(@x, key, $v).',
    );
  const { map, key } = entryOf(lowering, { ...call, arguments: call.arguments.slice(0, 2) });
  const operand = builder.register();
  const [yes, end] = [builder.block(), builder.block()];
  builder.set(operand, constant(0));
  const found = builder.helper(helpers.lookUp, builder.map(mapName(map.name)), builder.addressOf(key));
  builder.branch('unequal', found, constant(0), yes, end);
  builder.continueIn(yes);
  assignVariable(lowering, variable.name, valueOfKey(lowering, map, key, call.place), variable.place);
  builder.set(operand, constant(1));
  builder.jump(end);
  builder.continueIn(end);
  return { kind: 'scalar', type: truth, operand };
}
