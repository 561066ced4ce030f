import type { MetricSpec } from '../config/probe_schema.js';
import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { HistogramField, MapDescription, MetricValue, NumberField } from './binding.js';
import type { Locate } from './fault_collector.js';
import type { Layout } from './layout.js';
import { numberField } from './number_field.js';
import { describe, fieldList, type Origin, type Selected, select } from './path.js';

/** More buckets than 64-bit numbers have powers of two are for linear histograms; this many are a mistake. */
const bucketLimit = 4096;

/**
 * What a metric reads of each entry of its map.
 * @throws MAP_UNTYPED, FIELD_*
 */
export function metricValue(spec: MetricSpec, map: MapDescription, locate: Locate): MetricValue {
  const at = locate(spec.value === undefined ? ['map'] : ['value']);
  const origin = originOf(map, 'value', at);
  const selected = select(origin, spec.value, at);
  const total = origin.layout.size;
  if (spec.type !== 'histogram') {
    const purpose = `the value of ${spec.type} "${spec.name}"`;
    return { kind: 'number', field: requireNumber(selected, total, purpose, at) };
  }
  if (spec.buckets?.key === undefined) {
    return { kind: 'histogram', field: histogramField(selected, total, `histogram "${spec.name}"`, at) };
  }
  const { field, count, sum } = spec.buckets.key;
  const slotAt = locate(['buckets', 'key']);
  const key = originOf(map, 'key', slotAt);
  const slot = requireNumber(
    select(key, field, slotAt),
    key.layout.size,
    `the bucket of histogram "${spec.name}"`,
    slotAt,
  );
  return {
    kind: 'slot',
    slot,
    ...bucketOf({ ...origin, layout: selected.layout }, selected, count, sum, total, spec, locate),
  };
}

function bucketOf(
  origin: Origin,
  base: Selected,
  count: string | undefined,
  sum: string | undefined,
  total: number,
  spec: MetricSpec,
  locate: Locate,
): { count: NumberField; sum?: NumberField } {
  const read = (path: string | undefined, what: 'count' | 'sum') => {
    const at = locate(['buckets', what]);
    const inside = select(origin, path, at);
    const selected = { ...inside, offset: base.offset + inside.offset };
    return requireNumber(selected, total, `the ${what} of a bucket of histogram "${spec.name}"`, at);
  };
  return { count: read(count, 'count'), ...(sum !== undefined && { sum: read(sum, 'sum') }) };
}

/** The layout that paths of a metric start from. */
export function originOf(map: MapDescription, part: 'key' | 'value', location: Location | undefined): Origin {
  const layout = map[part];
  if (layout === undefined) throw fault('MAP_UNTYPED', { map: map.name, part }, { location });
  return { layout, title: `the ${part} of map "${map.name}"` };
}

function requireNumber(
  selected: Selected,
  total: number,
  purpose: string,
  location: Location | undefined,
): NumberField {
  const { layout } = selected;
  const isNumber = (layout.kind === 'integer' && !layout.network) || layout.kind === 'enum';
  const field = isNumber ? numberField(selected, total) : undefined;
  if (field !== undefined) return field;
  const expected = isHistogram(layout)
    ? 'an integer (or `type: histogram`)'
    : layout.kind === 'integer' && layout.network
      ? "an integer in the host's byte order"
      : 'an integer';
  throw fault('FIELD_UNSUITABLE', { expected, purpose, received: received(selected) }, { location });
}

function isHistogram(layout: Layout): boolean {
  return (
    layout.kind === 'struct' &&
    layout.fields.some(({ name, layout: inner }) => name === 'buckets' && inner.kind === 'array')
  );
}

function histogramField(
  selected: Selected,
  total: number,
  purpose: string,
  location: Location | undefined,
): HistogramField {
  const buckets = selected.layout.kind === 'array' ? selected : child(selected, 'buckets');
  const array = buckets?.layout;
  const element = array?.kind === 'array' ? array.element : undefined;
  const isSuitable =
    element?.kind === 'integer' && !element.signed && !element.network && (element.size === 4 || element.size === 8);
  if (!buckets || array?.kind !== 'array' || !isSuitable || array.count < 2 || array.count > bucketLimit) {
    const expected = `a struct with an array "buckets" of __u64 or __u32 (2 to ${bucketLimit} of them) and optionally "sum"`;
    throw fault('FIELD_UNSUITABLE', { expected, purpose, received: received(selected) }, { location });
  }
  const sum = child(selected, 'sum');
  return {
    ...(sum && { sum: requireNumber(sum, total, `the sum of ${purpose}`, location) }),
    buckets: { offset: buckets.offset, count: array.count, size: element.size as 4 | 8 },
  };
}

function child({ layout, offset, title }: Selected, name: string): Selected | undefined {
  if (layout.kind !== 'struct') return undefined;
  const field = layout.fields.find((candidate) => candidate.name === name);
  if (field === undefined || field.bits) return undefined;
  return { title: `"${name}" of ${title}`, layout: field.layout, offset: offset + field.offset };
}

/** What a selected field is, and what is in it that could be named instead. */
export function received({ title, layout }: Selected): string {
  const fields = fieldList(layout);
  return `${title}, ${describe(layout)}${fields.length === 0 ? '' : ` with ${fields.join(', ')}`}`;
}
