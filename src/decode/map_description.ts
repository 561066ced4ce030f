import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { mapKind } from '../maps/map_kind.js';
import type { Btf } from './btf/btf.js';
import type { EventTable } from './event_table.js';
import type { IntegerLayout, Layout } from './layout.js';
import type { Origin, Selected } from './path.js';
import { layoutOf } from './type_layout.js';

/** A map of a BPF object with the layouts of its key and value. */
export interface MapDescription {
  /** For maps of global variables the section: `.bss`, `.data.stats`. */
  readonly name: string;
  /** libbpf's name of the type: `hash`, `percpu_array`, ... */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  /** Absent when the map was declared without BTF types. */
  readonly key?: Layout;
  readonly value?: Layout;
  /** Set for a stream of events. Its `key` is the record, which has no value. */
  readonly events?: EventTable;
}

/** A map as libbpf describes it, before or after it is loaded. */
export interface MapDefinition {
  /** For maps of global variables the section: `.bss`, `.data.stats`. */
  readonly name: string;
  /** libbpf's name of the type: `hash`, `percpu_array`, ... */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  /** BTF ids, 0 for none. The value of a map of global variables is the BTF section. */
  readonly keyTypeId: number;
  readonly valueTypeId: number;
}

/** The index of an array, and other numbers that have no type of their own. */
export const indexLayout: IntegerLayout = {
  kind: 'integer',
  type: '__u32',
  size: 4,
  signed: false,
  encoding: 'number',
  network: false,
};

/**
 * Joins a map to its BTF types. A section of global variables becomes a struct of its variables. The key of an array is
 * always an index and needs no type.
 * @param types that stand in for those of the object
 * @throws BTF_INVALID, MAP_SIZE_MISMATCH
 */
export function describeMap(
  btf: Btf | undefined,
  definition: MapDefinition,
  types: { readonly key?: Layout; readonly value?: Layout } = {},
): MapDescription {
  const { name, type, keySize, valueSize, keyTypeId, valueTypeId } = definition;
  const { isArray } = mapKind(type);
  const typeOf = (id: number) => (btf && id !== 0 ? layoutOf(btf, id) : undefined);
  const key = types.key ?? typeOf(keyTypeId) ?? (isArray && keySize === 4 ? indexLayout : undefined);
  const value = types.value ?? typeOf(valueTypeId);
  for (const [part, layout, size] of [
    ['key', key, keySize],
    ['value', value, valueSize],
  ] as const) {
    // The map of a section may be larger than its variables.
    const isSection = part === 'value' && name.startsWith('.');
    if (layout === undefined || layout.size === size || (isSection && layout.size <= size)) continue;
    throw fault('MAP_SIZE_MISMATCH', { map: name, part, size, type: layout.type, typeSize: layout.size });
  }
  return { name, type, keySize, valueSize, ...(key && { key }), ...(value && { value }) };
}

/**
 * What the paths of a metric start from.
 * @throws MAP_UNTYPED, at `location`
 */
export function originOf(map: MapDescription, part: 'key' | 'value', location: Location | undefined): Origin {
  const { events } = map;
  if (events && map.key) {
    const place = (field: Selected) => events.place(field, location);
    return { layout: map.key, title: `the record of events "${map.name}"`, size: map.keySize, place };
  }
  const layout = map[part];
  if (layout === undefined) throw fault('MAP_UNTYPED', { map: map.name, part }, { location });
  return { layout, title: `the ${part} of map "${map.name}"` };
}
