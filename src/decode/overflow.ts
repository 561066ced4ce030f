import type { MetricSpec } from '../config/probe_schema.js';
import { fault, SantaError } from '../errors/fault.js';
import { mapKind } from '../maps/map_kind.js';
import type { CombineField } from './combine_field.js';
import type { Locate } from './fault_collector.js';
import type { HistogramField } from './histogram_field.js';
import type { Layout } from './layout.js';
import type { MapDescription } from './map_description.js';
import { type MetricValue, metricValue } from './metric_value.js';
import { type NumberField, numberField } from './number_field.js';

/** What a metric reads of the companion's only entry. With `count` the buckets are unknown: only `+Inf` counts the events. */
export type OverflowValue =
  | { readonly kind: 'number'; readonly field: NumberField; readonly combine?: CombineField }
  | { readonly kind: 'histogram'; readonly field: HistogramField }
  | { readonly kind: 'count'; readonly count: NumberField; readonly sum?: NumberField };

/** The overflow companion of a map, which counts the updates that found the map full. */
export interface OverflowBinding {
  /** Name of the companion. */
  readonly map: string;
  /** Offsets are from the start of the companion's value. */
  readonly value: OverflowValue;
  /** How many updates the companion took. The overflow row exists while this is above zero. */
  readonly lost: NumberField;
}

/**
 * Where the companion of a map holds what a metric reads. Its value is a struct of `value`, laid out like the map's own
 * value, and `lost`.
 * @param value what the metric reads of the map itself
 * @throws OVERFLOW_UNSUITABLE, at the metric's `map`
 */
export function overflowBinding(
  spec: MetricSpec,
  map: MapDescription,
  value: MetricValue,
  companion: MapDescription,
  locate: Locate,
): OverflowBinding {
  const refuse = (reason: string) =>
    fault('OVERFLOW_UNSUITABLE', { map: map.name, companion: companion.name, reason }, { location: locate(['map']) });
  if (!mapKind(companion.type).isArray) throw refuse(`it is of type ${companion.type} instead of percpu_array`);
  const layout = companion.value;
  if (layout?.kind !== 'struct') throw refuse('its value is not a struct');
  const inner = layout.fields.find(({ name }) => name === 'value');
  const lost = layout.fields.find(({ name }) => name === 'lost');
  if (inner === undefined) throw refuse('it has no field "value"');
  const noLost = 'it has no integer field "lost"';
  if (lost?.layout.kind !== 'integer' || lost.bits) throw refuse(noLost);
  const lostField = numberField({ title: 'lost', layout: lost.layout, offset: lost.offset }, layout.size);
  if (lostField === undefined) throw refuse(noLost);
  if (value.kind === 'slot' && value.sumSlot !== undefined) {
    throw refuse('with `sum: after_last` its entry mixes events and their sum');
  }
  const same = valueIn(spec, map, inner.layout);
  if (same === undefined || JSON.stringify(same) !== JSON.stringify(value)) {
    throw refuse(
      `its "value" (${inner.layout.type}) is not laid out like the value of "${map.name}" (${map.value?.type})`,
    );
  }
  return { map: companion.name, value: moved(value, inner.offset), lost: lostField };
}

/** What the metric would read if the map had values of this layout; undefined when it could not. */
function valueIn(spec: MetricSpec, map: MapDescription, layout: Layout): MetricValue | undefined {
  try {
    return metricValue(spec, { ...map, value: layout }, () => undefined);
  } catch (error) {
    if (error instanceof SantaError) return undefined;
    throw error;
  }
}

function moved(value: MetricValue, by: number): OverflowValue {
  const move = <T extends { readonly offset: number }>(field: T): T => ({ ...field, offset: field.offset + by });
  switch (value.kind) {
    case 'number':
      return {
        kind: 'number',
        field: move(value.field),
        ...(value.combine && { combine: movedCombination(value.combine, move) }),
      };
    case 'histogram': {
      const { sum, buckets } = value.field;
      return { kind: 'histogram', field: { ...value.field, ...(sum && { sum: move(sum) }), buckets: move(buckets) } };
    }
    case 'slot':
      return { kind: 'count', count: move(value.count), ...(value.sum && { sum: move(value.sum) }) };
  }
}

function movedCombination(combine: CombineField, move: (field: NumberField) => NumberField): CombineField {
  switch (combine.kind) {
    case 'last':
      return 'writtenAt' in combine ? { kind: 'last', writtenAt: move(combine.writtenAt) } : combine;
    case 'average':
      return { kind: 'average', count: move(combine.count) };
    default:
      return combine;
  }
}
