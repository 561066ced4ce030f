import { fault } from '../errors/fault.js';
import { mapKind } from '../maps/map_kind.js';
import type { MapDescription } from './binding.js';
import type { Btf } from './btf.js';
import { type Layout, layoutOf } from './layout.js';

/** What libbpf says about a map, before or after the load. */
export interface MapDefinition {
  /** For maps of global variables the section: `.bss`, `.data.stats`. */
  readonly name: string;
  /** The kernel's word for the type: `hash`, `percpu_array`, ... */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  /** BTF ids, 0 for none. The value of a map of global variables is the BTF section. */
  readonly keyTypeId: number;
  readonly valueTypeId: number;
}

const index: Layout = {
  kind: 'integer',
  type: '__u32',
  size: 4,
  signed: false,
  encoding: 'number',
  network: false,
};

/**
 * Joins a map to its BTF types. A section of global variables becomes a struct of its variables; the key of an array
 * needs no type, for it is always an index.
 * @throws BTF_INVALID, MAP_SIZE_MISMATCH
 */
export function describeMap(btf: Btf | undefined, definition: MapDefinition): MapDescription {
  const { name, type, keySize, valueSize, keyTypeId, valueTypeId } = definition;
  const { isArray } = mapKind(type);
  const key = btf && keyTypeId !== 0 ? layoutOf(btf, keyTypeId) : isArray && keySize === 4 ? index : undefined;
  const value = btf && valueTypeId !== 0 ? layoutOf(btf, valueTypeId) : undefined;
  for (const [part, layout, size] of [
    ['key', key, keySize],
    ['value', value, valueSize],
  ] as const) {
    // The map of a section is rounded up to 8 bytes, and may be larger.
    const isSection = part === 'value' && name.startsWith('.');
    if (layout === undefined || layout.size === size || (isSection && layout.size <= size)) continue;
    throw fault('MAP_SIZE_MISMATCH', { map: name, part, type: layout.type, expected: size, received: layout.size });
  }
  return { name, type, keySize, valueSize, ...(key && { key }), ...(value && { value }) };
}
