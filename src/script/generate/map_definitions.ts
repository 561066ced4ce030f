/** BPF maps of a script's maps, with the companions that bpf/include/maps.h gives to hashes. */

import { companionOf, newcomersOf } from '../../maps/overflow_companion.js';
import type { ScriptMapUse } from '../check/map_table.js';
import { storedSize } from '../check/value_type.js';
import type { DataField, DataType, IrMap } from '../ir/program.js';
import { valueBytes } from './aggregations.js';
import { slotsOf } from './histogram_slots.js';
import { dataType, keyLayout } from './labels.js';
import { isExported, mapName } from './map_names.js';

/** Numbers of `enum bpf_map_type`. */
const mapTypes = { hash: 1, array: 2, percpuhash: 5, percpuarray: 6, lruhash: 9, percpulruhash: 10 } as const;
const shares = 256;
const u32: DataType = { kind: 'integer', bytes: 4, isSigned: false };
const u64: DataType = { kind: 'integer', bytes: 8, isSigned: false };

/** Whether a map of `let` holds a value for each CPU. */
export const isPerCpu = (kind: string) => kind.startsWith('percpu');

/** @param entries of a hash whose size the script does not say */
export function mapDefinitions(map: ScriptMapUse, entries: number): IrMap[] {
  const name = mapName(map.name);
  const value = valueType(map);
  const isAggregated = map.aggregation !== undefined;
  if (map.key === undefined || map.key.length === 0) {
    return [
      { name, type: isAggregated ? mapTypes.percpuarray : mapTypes.array, entries: 1, flags: 0, key: u32, value },
    ];
  }
  const { type: key } = keyLayout(name, map.key);
  const { declaration } = map;
  const declared = mapTypes[(declaration?.kind ?? '') as keyof typeof mapTypes] as number | undefined;
  const usual = isAggregated ? mapTypes.percpuhash : mapTypes.hash;
  const own: IrMap = {
    name,
    // An array has no keys of its own.
    type: declared === mapTypes.percpuarray ? usual : (declared ?? usual),
    entries: declaration === undefined ? entries : Number(declaration.entries),
    flags: 0,
    key,
    value,
  };
  const other: IrMap = {
    name: companionOf(name),
    type: mapTypes.percpuarray,
    entries: 1,
    flags: 0,
    key: u32,
    value: companionType(map, name, value),
  };
  if (!isExported(map) || map.isRefilled) return [own, other];
  return [
    own,
    other,
    { name: newcomersOf(name), type: mapTypes.array, entries: 1 + shares, flags: 0, key: u32, value: newcomersType },
  ];
}

const newcomersType: DataType = {
  kind: 'struct',
  name: 'newcomers',
  bytes: 8,
  fields: [
    { name: 'scrape', offset: 0, type: u32 },
    { name: 'count', offset: 4, type: { ...u32, isSigned: true } },
  ],
};

function companionType(map: ScriptMapUse, name: string, value: DataType): DataType {
  const bytes = valueBytes(map);
  const fields: DataField[] = [
    { name: 'value', offset: 0, type: value },
    { name: 'lost', offset: bytes, type: u64 },
  ];
  return { kind: 'struct', name: `${name}_overflow`, bytes: bytes + 8, fields };
}

function valueType(map: ScriptMapUse): DataType {
  const { aggregation, value } = map;
  if (aggregation === undefined) {
    if (value === undefined) return u64;
    // Programs write whole words.
    return dataType(value.kind === 'bytes' ? { ...value, bytes: storedSize(value) } : value);
  }
  const struct = (kind: string, fields: DataField[]): DataType => ({
    kind: 'struct',
    name: `${mapName(map.name)}_${kind}`,
    bytes: valueBytes(map),
    fields,
  });
  switch (aggregation.kind) {
    case 'count':
      return u64;
    case 'sum':
      return { kind: 'integer', bytes: 8, isSigned: aggregation.isSigned };
    case 'min':
    case 'max':
      return struct(aggregation.kind, [
        { name: 'value', offset: 0, type: { kind: 'integer', bytes: 8, isSigned: aggregation.isSigned } },
        { name: 'updates', offset: 8, type: u64 },
      ]);
    case 'avg':
    case 'stats':
      return struct(aggregation.kind, [
        { name: 'total', offset: 0, type: { kind: 'integer', bytes: 8, isSigned: aggregation.isSigned } },
        { name: 'count', offset: 8, type: u64 },
      ]);
    default:
      return struct('histogram', [
        { name: 'sum', offset: 0, type: u64 },
        { name: 'buckets', offset: 8, type: { kind: 'array', element: u64, count: slotsOf(aggregation) } },
      ]);
  }
}

/** What libbpf fills for USDT probes: where arguments are, by number and by address. The sizes are those of its own header. */
export const usdtMaps: readonly IrMap[] = [
  {
    name: '__bpf_usdt_specs',
    type: mapTypes.array,
    entries: 256,
    flags: 0,
    key: { kind: 'integer', bytes: 4, isSigned: true },
    value: { kind: 'array', element: u64, count: 26 },
  },
  {
    name: '__bpf_usdt_ip_to_spec_id',
    type: mapTypes.hash,
    entries: 1024,
    flags: 0,
    key: { kind: 'integer', bytes: 8, isSigned: true },
    value: u32,
  },
];
