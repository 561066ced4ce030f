import { mapKind } from '../maps/map_kind.js';
import { companionOf } from '../maps/overflow_companion.js';
import type { BpfObject, MapDescription } from './addon.js';

/** Bytes that the values of one map may take on all possible CPUs together. */
export const valueBytesPerMap = 2 << 20;
/** No map gets fewer entries than this, unless its object asks for fewer. */
export const leastEntries = 256;

/**
 * Makes the per-CPU hashes of an opened object smaller where the host has many possible CPUs: the kernel sets aside their values for
 * each of them. Only maps with an overflow companion: they count what does not fit.
 * @param possibleCpus CPUs that this kernel could ever have, online or not
 * @param chosen maps whose size is the user's choice
 */
export function fitMapSizes(object: BpfObject, possibleCpus: number, chosen: ReadonlySet<string>): void {
  const maps = object.maps();
  const names = new Set(maps.map(({ name }) => name));
  for (const map of maps) {
    const { isPerCpu, isArray } = mapKind(map.typeName);
    if (!isPerCpu || isArray || !names.has(companionOf(map.name)) || chosen.has(map.name)) continue;
    const entries = affordableEntries(map, possibleCpus);
    if (entries < map.maxEntries) object.setMaxEntries(map.name, entries);
  }
}

/** The entries of a per-CPU map that a host of so many possible CPUs can afford: at most those of the object. */
export function affordableEntries(
  { valueSize, maxEntries }: Pick<MapDescription, 'valueSize' | 'maxEntries'>,
  possibleCpus: number,
): number {
  const entryBytes = Math.ceil(valueSize / 8) * 8 * possibleCpus;
  return Math.min(maxEntries, Math.max(leastEntries, Math.floor(valueBytesPerMap / entryBytes)));
}
