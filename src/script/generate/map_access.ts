/** Reads what maps hold. */
import type { ScriptMapUse } from '../check/map_table.js';
import { storedSize } from '../check/value_type.js';
import type { Register } from '../ir/program.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Expression, MapAccess, Place } from '../syntax/tree.js';
import { valueIn } from './conversion.js';
import { readAggregation } from './cpu_values.js';
import { constant, helpers, type Memory } from './function_builder.js';
import type { LoopEntry, Lowering } from './lowering.js';
import { keyBytes, keyOf, keyValue } from './map_keys.js';
import { mapName } from './map_names.js';
import { tupleOf } from './tuples.js';
import type { Value } from './value.js';

/** The value of a key, or zeroes if the map has none. A copy: other programs may change the map meanwhile. */
export function readMap(lowering: Lowering, access: MapAccess): Value {
  const { map, key } = keyOf(lowering, access);
  return valueOfKey(lowering, map, key, access.place);
}

export function valueOfKey(lowering: Lowering, map: ScriptMapUse, key: Memory, place: Place): Value {
  const { builder } = lowering;
  if (!map.isRead) {
    map.isRead = true;
    lowering.compilation.maps.changed = true;
  }
  if (map.aggregation !== undefined) return readAggregation(lowering, map, key, place);
  const type = map.value;
  // An assignment that comes later says it in the next round. If there is none, this is the fault that stays.
  if (type === undefined) {
    throw new ScriptProblem(
      place,
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

/** The variable of a loop over a map: the tuple of key and value. */
export function entryValue(lowering: Lowering, entry: LoopEntry, place: Place): Value {
  const values = [entryPart(lowering, entry, 'key', place), entryPart(lowering, entry, 'value', place)];
  return tupleOf(
    lowering,
    values.map((value) => ({ value, place })),
    undefined,
  );
}

/** `$kv.0` or `$kv.1` without making the tuple. Undefined: the expression is something else. */
export function entryField(lowering: Lowering, object: Expression, name: string, place: Place): Value | undefined {
  const entry = object.kind === 'variable' ? lowering.entries.get(object.name) : undefined;
  if (entry === undefined || !/^[01]$/.test(name)) return undefined;
  return entryPart(lowering, entry, name === '0' ? 'key' : 'value', place);
}

function entryPart(lowering: Lowering, entry: LoopEntry, part: 'key' | 'value', place: Place): Value {
  const { map } = entry;
  const at = (base: Register): Memory => ({ base, offset: 0 });
  if (part === 'key') return keyValue(lowering, map.key!, at(entry.key));
  if (map.aggregation === undefined && map.value !== undefined) return valueIn(lowering, map.value, at(entry.value));
  const key = lowering.temporary(keyBytes(map.key!));
  lowering.builder.copy(key, at(entry.key), keyBytes(map.key!));
  return valueOfKey(lowering, map, key, place);
}
