import type { BucketsSpec } from '../config/bucket_schema.js';
import type { MetricSpec } from '../config/probe_schema.js';
import { fault } from '../errors/fault.js';
import { combineField } from './combine_field.js';
import type { WholeValue } from './event_table.js';
import type { Locate } from './fault_collector.js';
import { histogramField } from './histogram_field.js';
import { requireShape } from './histogram_shape.js';
import { gaugeField, integerField } from './integer_field.js';
import { type MapDescription, originOf } from './map_description.js';
import type { NumberField } from './number_field.js';
import { type Origin, select } from './path.js';

/** What a metric reads of each entry of its map. */
export type MetricValue = WholeValue | SlotField;

/** One entry is one bucket: `slot` lies in the key; `count` and `sum` (of that bucket) in the value. */
export interface SlotField {
  readonly kind: 'slot';
  readonly slot: NumberField;
  readonly count: NumberField;
  readonly sum?: NumberField;
  /** The slot whose count is the sum of all buckets. */
  readonly sumSlot?: number;
}

/**
 * What a metric reads of each entry of its map.
 * @throws MAP_UNTYPED, FIELD_*, HISTOGRAM_SHAPE_UNKNOWN, CPUS_NOT_COMBINED, MAP_NOT_PER_CPU
 */
export function metricValue(spec: MetricSpec, map: MapDescription, locate: Locate): MetricValue {
  const location = locate(spec.value === undefined ? ['map'] : ['value']);
  const value = originOf(map, 'value', location);
  if (spec.type === 'histogram') {
    if (spec.buckets?.key) return slotField(spec, spec.buckets.key, map, value, locate);
    return { kind: 'histogram', field: histogramField(spec, value, locate) };
  }
  const selected = select(value, spec.value, location);
  const purpose = `the value of ${spec.type} "${spec.name}"`;
  const fieldOf = spec.type === 'gauge' ? gaugeField : integerField;
  const field = fieldOf(selected, value.layout.size, purpose, location);
  const combine = combineField(spec, map, locate);
  return { kind: 'number', field, ...(combine && { combine }) };
}

function slotField(
  spec: MetricSpec,
  { field, count }: { readonly field: string; readonly count?: string },
  map: MapDescription,
  value: Origin,
  locate: Locate,
): SlotField {
  const { last = 0, sum } = spec.buckets!;
  const key = originOf(map, 'key', locate(['buckets', 'key']));
  const read = (origin: Origin, path: string | undefined, setting: 'key' | 'count' | 'sum', purpose: string) => {
    const at = locate(['buckets', setting]);
    return integerField(select(origin, path, at), origin.layout.size, `${purpose} of histogram "${spec.name}"`, at);
  };
  const inValue = (path: string | undefined) => joinPaths(spec.value, path);
  const isWholeKey = field === 'index' && key.layout.kind !== 'struct' && key.layout.kind !== 'union';
  const entry: SlotField = {
    kind: 'slot',
    slot: read(key, isWholeKey ? undefined : field, 'key', 'the bucket'),
    count: read(value, inValue(count), 'count', 'the count of a bucket'),
  };
  requireShape(spec, undefined, locate);
  if (isWholeKey) checkElements(spec.buckets!, map, locate);
  if (sum === undefined || sum === 'none') return entry;
  if (sum === 'after_last') return { ...entry, sumSlot: last + 1 };
  return { ...entry, sum: read(value, inValue(sum), 'sum', 'the sum of a bucket') };
}

/** In an array whose index is the slot, every entry that `buckets` speaks of must be there. */
function checkElements({ last, sum }: BucketsSpec, { name, elements: count }: MapDescription, locate: Locate): void {
  if (last === undefined || count === undefined) return;
  const check = (setting: 'last' | 'sum', index: number) => {
    if (index < count) return;
    const parameters = { path: `buckets.${setting}`, index, type: `map "${name}"`, count };
    throw fault('FIELD_INDEX_INVALID', parameters, { location: locate(['buckets', setting]) });
  };
  check('last', last);
  if (sum === 'after_last') check('sum', last + 1);
}

/** Paths of a bucket start where the path of the metric ends. */
function joinPaths(outer: string | undefined, inner: string | undefined): string | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner;
  return inner.startsWith('[') ? outer + inner : `${outer}.${inner}`;
}
