import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { mapKind, nestedType, outerTypes } from '../maps/map_kind.js';
import type { Btf } from './btf/btf.js';
import type { EventTable } from './event_table.js';
import { type InnerMap, innerMapOf } from './inner_map.js';
import type { IntegerLayout, Layout } from './layout.js';
import type { Origin, Selected } from './path.js';
import { StackMap } from './stack_map.js';
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
  /** Of an array: its indices are below this. Absent where the object does not say it. */
  readonly elements?: number;
  /** Set for a stream of events. Its `key` is the record, which has no value. */
  readonly events?: EventTable;
  /**
   * Set for a map of maps. Type, key and value are then those of the entries of its inner maps. An entry's key also has the key of
   * the outer map, at `outer.offset`, and the id of the inner map.
   */
  readonly inner?: InnerMap;
  readonly outer?: { readonly offset: number; readonly key?: Layout };
  /** Set for a map of stacks. */
  readonly stacks?: StackMap;
}

/** A map as libbpf describes it, before or after it is loaded. */
export interface MapDefinition {
  /** For maps of global variables the section: `.bss`, `.data.stats`. */
  readonly name: string;
  /** libbpf's name of the type: `hash`, `percpu_array`, ... */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  /** 0 where the object does not say it. */
  readonly maxEntries?: number;
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
  const { name, type, keySize, valueSize, keyTypeId, valueTypeId, maxEntries = 0 } = definition;
  const { isArray } = mapKind(type);
  const typeOf = (id: number) => (btf && id !== 0 ? layoutOf(btf, id) : undefined);
  const isIndex = isArray || type === 'array_of_maps';
  const key = types.key ?? typeOf(keyTypeId) ?? (isIndex && keySize === 4 ? indexLayout : undefined);
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
  if (type === 'stack_trace') return { name, type, keySize, valueSize, stacks: new StackMap() };
  const elements = isArray && maxEntries > 0 ? maxEntries : undefined;
  const map: MapDescription = {
    name,
    type,
    keySize,
    valueSize,
    ...(key && { key }),
    ...(value && { value }),
    ...(elements && { elements }),
  };
  const inner = btf && outerTypes.includes(type) ? innerMapOf(btf, name) : undefined;
  return inner === undefined ? map : nested(map, inner);
}

/** The kernel's id of an inner map ends the key, see `BpfMap.innerEntries`. */
const innerIdSize = 4;

function nested({ name, type, keySize, key: outerKey }: MapDescription, inner: InnerMap): MapDescription {
  const { valueSize, value } = inner;
  const key = inner.key ?? (mapKind(inner.type).isArray && inner.keySize === 4 ? indexLayout : undefined);
  return {
    name,
    type: nestedType(inner.type, type),
    keySize: inner.keySize + keySize + innerIdSize,
    valueSize,
    ...(key && { key }),
    ...(value && { value }),
    inner,
    outer: { offset: inner.keySize, ...(outerKey && { key: outerKey }) },
  };
}

/**
 * What the paths of a metric start from.
 * @throws MAP_UNTYPED, MAP_NOT_NESTED, at `location`
 */
export function originOf(map: MapDescription, part: 'key' | 'value' | 'outer', location: Location | undefined): Origin {
  const { events, outer } = map;
  if (part === 'outer') return outerOrigin(map, outer, location);
  if (events && map.key) {
    const place = (field: Selected) => events.place(field, location);
    return { layout: map.key, title: `the record of events "${map.name}"`, size: map.keySize, place };
  }
  const layout = map[part];
  if (layout === undefined) throw fault('MAP_UNTYPED', { map: map.name, part }, { location });
  if (outer === undefined) return { layout, title: `the ${part} of map "${map.name}"` };
  return { layout, title: `the ${part} of the maps in "${map.name}"`, ...(part === 'key' && { size: map.keySize }) };
}

function outerOrigin(
  { name, type, keySize }: MapDescription,
  outer: MapDescription['outer'],
  location: Location | undefined,
): Origin {
  if (outer === undefined) throw fault('MAP_NOT_NESTED', { map: name, type }, { location });
  if (outer.key === undefined) throw fault('MAP_UNTYPED', { map: name, part: 'key' }, { location });
  const place = (field: Selected): Selected => ({
    ...field,
    offset: field.offset + outer.offset,
    ...(field.bits && { bits: { ...field.bits, start: field.bits.start + outer.offset * 8 } }),
  });
  return { layout: outer.key, title: `the key of map "${name}"`, size: keySize, place };
}
