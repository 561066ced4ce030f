import type { ProbeConfiguration } from '../config/configuration.js';
import type { Btf } from '../decode/btf/btf.js';
import type { FaultCollector } from '../decode/fault_collector.js';
import type { Layout } from '../decode/layout.js';
import { describeMap, type MapDescription } from '../decode/map_description.js';
import { layoutNamed } from '../decode/named_type.js';
import { structOfText } from '../decode/struct_text.js';
import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { BpfObject, MapDescription as ObjectMap } from '../kernel/addon.js';

const parts = ['key', 'value'] as const;

/** The maps of an object as they will be loaded: with the sizes and types that the probe file gives them. */
export function describeMaps(
  btf: Btf,
  object: BpfObject,
  configuration: ProbeConfiguration,
  faults: FaultCollector,
): Map<string, MapDescription> {
  const described = object.maps().map((map) => faults.attempt(() => describe(btf, map, configuration)));
  return new Map(described.filter((map) => map !== undefined).map((map) => [map.name, map]));
}

function describe(btf: Btf, map: ObjectMap, { spec, locate }: ProbeConfiguration): MapDescription {
  const name = map.section ?? map.name;
  const settings = spec.maps[name] ?? {};
  const types: { key?: Layout; value?: Layout } = {};
  for (const part of parts) {
    const typeId = map[`${part}TypeId`];
    if (settings[`${part}_size`] !== undefined && typeId !== 0) {
      const type = describeMap(btf, { ...map, name, type: map.typeName })[part]!.type;
      throw fault('MAP_SIZE_FIXED', { map: name, part, type }, { location: locate(['maps', name, `${part}_size`]) });
    }
    const typeName = settings[part];
    if (typeName === undefined) continue;
    types[part] = chosenType(btf, { map: name, part, name: typeName }, locate(['maps', name, part]));
  }
  const {
    key_size: keySize = map.keySize,
    value_size: valueSize = map.valueSize,
    max_entries: maxEntries = map.maxEntries,
  } = settings;
  for (const part of parts) {
    const size = part === 'key' ? keySize : valueSize;
    const chosen = types[part]?.size ?? size;
    if (chosen === size || name.startsWith('.')) continue;
    throw fault(
      'MAP_TYPE_SIZE',
      { map: name, part, size, typeSize: chosen },
      { location: locate(['maps', name, part]) },
    );
  }
  return describeMap(btf, { ...map, name, type: map.typeName, keySize, valueSize, maxEntries }, types);
}

/** The layout of a type that the probe file names, or writes as in C. */
function chosenType(
  btf: Btf,
  { map, part, name }: { readonly map: string; readonly part: 'key' | 'value'; readonly name: string },
  location: Location | undefined,
): Layout {
  if (name.includes('{')) {
    const written = structOfText(btf, name);
    if (!('problem' in written)) return written;
    throw fault('MAP_TYPE_INVALID', { map, part, ...written }, { location });
  }
  const layout = layoutNamed(btf, name);
  if (layout === undefined) throw fault('TYPE_UNKNOWN', { name }, { location });
  return layout;
}

/** One number of the maps that have it. */
export function sizesOf(
  { spec }: ProbeConfiguration,
  setting: 'max_entries' | 'key_size' | 'value_size',
): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const [name, { [setting]: size }] of Object.entries(spec.maps)) if (size !== undefined) sizes[name] = size;
  return sizes;
}

/** Where maps are pinned, by map. */
export function pinsOf({ spec }: ProbeConfiguration): Record<string, string> {
  return Object.fromEntries(
    Object.entries(spec.maps).flatMap(([name, { pin }]) => (pin === undefined ? [] : [[name, pin]])),
  );
}
