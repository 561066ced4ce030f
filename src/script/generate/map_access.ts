/** Reads what maps hold. */
import { storedSize } from '../check/value_type.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { MapAccess } from '../syntax/tree.js';
import { valueIn } from './conversion.js';
import { constant, helpers } from './function_builder.js';
import type { Lowering } from './lowering.js';
import { keyOf } from './map_keys.js';
import { mapName } from './map_names.js';
import type { Value } from './value.js';

/** The value of a key, or zeroes if the map has none. A copy: other programs may change the map meanwhile. */
export function readMap(lowering: Lowering, access: MapAccess): Value {
  const { builder } = lowering;
  const { map, key } = keyOf(lowering, access);
  if (map.aggregation !== undefined) {
    throw new ScriptProblem(
      access.place,
      `@${map.name} is ${map.aggregation.kind}(): each CPU has a value of its own, which a script cannot read`,
      'Read it in Prometheus. A plain value can be read here: @x = @x + 1.',
    );
  }
  if (!map.isRead) {
    map.isRead = true;
    lowering.compilation.maps.changed = true;
  }
  const type = map.value;
  // An assignment that comes later says it in the next round. If there is none, this is the fault that stays.
  if (type === undefined) {
    throw new ScriptProblem(
      access.place,
      `@${map.name} is read, and nothing is assigned to it`,
      'Assign to it in this probe or in another.',
    );
  }
  const found = builder.helper(helpers.lookUp, builder.map(mapName(map.name)), builder.addressOf(key));
  const [yes, end] = [builder.block(), builder.block()];
  if (type.kind === 'integer' || type.kind === 'pointer') {
    const operand = builder.register();
    builder.set(operand, constant(0));
    builder.branch('unequal', found, constant(0), yes, end);
    builder.continueIn(yes);
    builder.set(operand, builder.load({ base: found, offset: 0 }));
    builder.jump(end);
    builder.continueIn(end);
    return { kind: 'scalar', type, operand };
  }
  const bytes = storedSize(type);
  const memory = lowering.temporary(bytes);
  builder.clear(memory, bytes);
  builder.branch('unequal', found, constant(0), yes, end);
  builder.continueIn(yes);
  builder.copy(memory, { base: found, offset: 0 }, bytes);
  builder.jump(end);
  builder.continueIn(end);
  return valueIn(lowering, type, memory);
}
