import type { BucketsSpec } from '../config/bucket_schema.js';
import type { MetricSpec } from '../config/probe_schema.js';
import { slotLimit } from '../config/slot_limit.js';
import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { Locate } from './fault_collector.js';
import { isOwnTime, requireShape } from './histogram_shape.js';
import { integerField } from './integer_field.js';
import { describeField } from './layout_text.js';
import type { NumberField } from './number_field.js';
import { type Origin, type Selected, select } from './path.js';

/** An array of event counts, and the exact sum of the observed values if the program keeps one. */
export interface HistogramField {
  readonly sum?: NumberField;
  readonly buckets: { readonly offset: number; readonly count: number; readonly size: 4 | 8 };
  /** The value is a `struct time_histogram`, whose bounds are powers of two of a second. */
  readonly isTime?: true;
}

type Slots = HistogramField['buckets'] & { readonly type: string };

/**
 * Where a histogram lies: an array of counts, or a struct with an array `buckets` and optionally `sum`.
 * @param value of the map
 * @throws FIELD_*, HISTOGRAM_SHAPE_UNKNOWN, at the setting
 */
export function histogramField(spec: MetricSpec, value: Origin, locate: Locate): HistogramField {
  const location = locate(spec.value === undefined ? ['map'] : ['value']);
  const selected = select(value, spec.value, location);
  const slots = slotsOf(selected);
  if (slots === undefined) {
    const requirement = `the value of histogram "${spec.name}" must be an array of 2 to ${slotLimit} __u64 or __u32, or a struct with such an array "buckets" and optionally "sum"`;
    throw fault('FIELD_UNSUITABLE', { requirement, problem: describeField(selected) }, { location });
  }
  requireShape(spec, { selected, count: slots.count }, locate);
  const { type, ...buckets } = slots;
  checkSlots(spec.buckets, slots, locate);
  if (spec.buckets?.sum === 'after_last') return withSumAfterLast(spec.buckets, slots, locate);
  const sum = sumOf(spec, value, selected, locate, location);
  return { ...(sum && { sum }), buckets, ...(isOwnTime(spec, selected.layout) && { isTime: true }) };
}

function slotsOf(selected: Selected): Slots | undefined {
  const slots = selected.layout.kind === 'array' ? selected : fieldNamed(selected, 'buckets');
  if (slots?.layout.kind !== 'array') return undefined;
  const { element, count, type } = slots.layout;
  if (element.kind !== 'integer' || element.signed || element.network) return undefined;
  if (element.size !== 4 && element.size !== 8) return undefined;
  return count < 2 || count > slotLimit ? undefined : { offset: slots.offset, count, size: element.size, type };
}

/** Every slot that `buckets` speaks of must be there. */
function checkSlots(buckets: BucketsSpec | undefined, { count, type }: Slots, locate: Locate): void {
  const check = (setting: 'last' | 'bounds', index: number) => {
    if (index < count) return;
    const location = locate(['buckets', setting]);
    throw fault('FIELD_INDEX_INVALID', { path: `buckets.${setting}`, index, type, count }, { location });
  };
  if (buckets?.last !== undefined) check('last', buckets.last);
  if (buckets?.kind === 'bounds') check('bounds', buckets.bounds.length - 1);
}

function withSumAfterLast({ last }: BucketsSpec, { offset, count, size, type }: Slots, locate: Locate): HistogramField {
  const index = last === undefined ? count - 1 : last + 1;
  if (index >= count) {
    const location = locate(['buckets', 'sum']);
    throw fault('FIELD_INDEX_INVALID', { path: 'buckets.sum', index, type, count }, { location });
  }
  return {
    sum: { offset: offset + index * size, size, signed: false },
    buckets: { offset, count: index, size },
  };
}

function sumOf(
  spec: MetricSpec,
  value: Origin,
  selected: Selected,
  locate: Locate,
  location: Location | undefined,
): NumberField | undefined {
  const setting = spec.buckets?.sum;
  if (setting === 'none') return undefined;
  const sum = setting === undefined ? fieldNamed(selected, 'sum') : namedSum(spec, value, selected, setting, locate);
  const at = setting === undefined ? location : locate(['buckets', 'sum']);
  return sum && integerField(sum, value.layout.size, `the sum of histogram "${spec.name}"`, at);
}

/** The path starts in the struct, or in the struct around the array. */
function namedSum(spec: MetricSpec, value: Origin, { layout }: Selected, setting: string, locate: Locate): Selected {
  const around = layout.kind === 'array' ? spec.value?.replace(/(?:\.?\w+|\[\d+\])$/, '') : spec.value;
  return select(value, around ? `${around}.${setting}` : setting, locate(['buckets', 'sum']));
}

function fieldNamed({ layout, offset, title }: Selected, name: string): Selected | undefined {
  if (layout.kind !== 'struct') return undefined;
  const field = layout.fields.find((candidate) => candidate.name === name);
  if (field === undefined || field.bits) return undefined;
  return { title: `"${name}" of ${title}`, layout: field.layout, offset: offset + field.offset };
}
