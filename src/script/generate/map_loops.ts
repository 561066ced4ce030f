/** `for $kv : @map { }`: the kernel calls the body for each entry. */
import type { ScriptMapUse } from '../check/map_table.js';
import { isAtLeast } from '../resolve/kernel_types.js';
import { ScriptProblem } from '../resolve/problem.js';
import type { Statement } from '../syntax/tree.js';
import { constant, helpers } from './function_builder.js';
import { loopFunction } from './loop_functions.js';
import type { Lowering } from './lowering.js';
import { mapName } from './map_names.js';

type MapLoop = Extract<Statement, { kind: 'for entries' }>;

/** @throws ScriptProblem if the kernel is too old, or if the map has no keys */
export function forEntries(lowering: Lowering, loop: MapLoop): void {
  const { builder } = lowering;
  const map = mapOf(lowering, loop);
  const { variable, body } = loop;
  loopFunction(
    lowering,
    {
      variable: variable.name,
      body,
      words: [],
      open: (inner) => {
        const [entries, key, value] = [inner.builder.register(), inner.builder.register(), inner.builder.register()];
        inner.entries.set(variable.name, { map, key, value });
        return { parameters: [entries, key, value] };
      },
    },
    (code, frame) => builder.helper(helpers.forEachEntry, builder.map(mapName(map.name)), code, frame, constant(0)),
  );
}

function mapOf(lowering: Lowering, { map: access, place }: MapLoop): ScriptMapUse {
  const { kernel, maps } = lowering.compilation;
  if (!isAtLeast(kernel, 5, 13)) {
    throw new ScriptProblem(
      place,
      `A loop over a map needs Linux 5.13, and this is ${kernel.version.join('.')}`,
      'Count what the loop would add up in a map of its own.',
    );
  }
  const map = lowering.map(access.name, access.place);
  if (map.key === undefined || map.key.length === 0 || access.key !== undefined) {
    throw new ScriptProblem(
      access.place,
      map.key === undefined ? `Nothing is assigned to @${map.name}` : 'A loop needs a map with keys',
      'Write it as in for ($kv : @counts) { }, where @counts[comm] is assigned elsewhere.',
    );
  }
  if (!map.isRead) {
    map.isRead = true;
    maps.changed = true;
  }
  return map;
}
