import type { ScriptMapUse } from '../check/map_table.js';

/** The name of a BPF map. `@` alone has none of its own. */
export const mapName = (name: string) => (name === '' ? 'script' : name);

/**
 * Whether the map's values are exported: aggregations, and plain numbers unless the script deletes them, because then they are its
 * memory from one probe to the next.
 */
export function isExported(map: ScriptMapUse): boolean {
  return map.aggregation !== undefined || (map.value?.kind === 'integer' && !map.isDeleted);
}
