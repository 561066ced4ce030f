import type { MetricSpec } from '../config/probe_schema.js';
import type { Locate } from './fault_collector.js';
import { type HistogramField, histogramField } from './histogram_field.js';
import { integerField } from './integer_field.js';
import { type MapDescription, originOf } from './map_description.js';
import type { NumberField } from './number_field.js';
import { type Origin, select } from './path.js';

/** What a metric reads of each entry of its map. */
export type MetricValue =
  | { readonly kind: 'number'; readonly field: NumberField }
  | { readonly kind: 'histogram'; readonly field: HistogramField }
  /** One entry is one bucket: `slot` lies in the key; `count` and `sum` (of that bucket) in the value. */
  | { readonly kind: 'slot'; readonly slot: NumberField; readonly count: NumberField; readonly sum?: NumberField };

/**
 * What a metric reads of each entry of its map.
 * @throws MAP_UNTYPED, FIELD_*
 */
export function metricValue(spec: MetricSpec, map: MapDescription, locate: Locate): MetricValue {
  const location = locate(spec.value === undefined ? ['map'] : ['value']);
  const value = originOf(map, 'value', location);
  const selected = select(value, spec.value, location);
  const total = value.layout.size;
  if (spec.type !== 'histogram') {
    const purpose = `the value of ${spec.type} "${spec.name}"`;
    return { kind: 'number', field: integerField(selected, total, purpose, location) };
  }
  if (spec.buckets?.key === undefined) {
    return { kind: 'histogram', field: histogramField(selected, total, spec.name, location) };
  }
  const { field, count, sum } = spec.buckets.key;
  const key = originOf(map, 'key', locate(['buckets', 'key']));
  const read = (origin: Origin, path: string | undefined, setting: 'key' | 'count' | 'sum', purpose: string) => {
    const at = locate(['buckets', setting]);
    return integerField(select(origin, path, at), origin.layout.size, `${purpose} of histogram "${spec.name}"`, at);
  };
  const inValue = (path: string | undefined) => joinPaths(spec.value, path);
  return {
    kind: 'slot',
    slot: read(key, field, 'key', 'the bucket'),
    count: read(value, inValue(count), 'count', 'the count of a bucket'),
    ...(sum !== undefined && { sum: read(value, inValue(sum), 'sum', 'the sum of a bucket') }),
  };
}

/** Paths of a bucket start where the path of the metric ends. */
function joinPaths(outer: string | undefined, inner: string | undefined): string | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner;
  return inner.startsWith('[') ? outer + inner : `${outer}.${inner}`;
}
