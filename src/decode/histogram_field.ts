import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { integerField } from './integer_field.js';
import { describeField } from './layout_text.js';
import type { NumberField } from './number_field.js';
import type { Selected } from './path.js';

/** An array of event counts, and the exact sum of the observed values if the program keeps one. */
export interface HistogramField {
  readonly sum?: NumberField;
  readonly buckets: { readonly offset: number; readonly count: number; readonly size: 4 | 8 };
}

/** Linear histograms may have many buckets; more than this is a mistake. */
const bucketLimit = 4096;

/**
 * Where a histogram lies: an array of counts, or a struct with an array `buckets` and optionally `sum`.
 * @param total size of the whole value
 * @param metric its name, for messages
 * @throws FIELD_UNSUITABLE, at `location`
 */
export function histogramField(
  selected: Selected,
  total: number,
  metric: string,
  location: Location | undefined,
): HistogramField {
  const buckets = bucketArray(selected);
  if (buckets === undefined) {
    const requirement = `the value of histogram "${metric}" must be an array of 2 to ${bucketLimit} __u64 or __u32, or a struct with such an array "buckets" and optionally "sum"`;
    throw fault('FIELD_UNSUITABLE', { requirement, problem: describeField(selected) }, { location });
  }
  const sum = fieldNamed(selected, 'sum');
  return { ...(sum && { sum: integerField(sum, total, `the sum of histogram "${metric}"`, location) }), buckets };
}

function bucketArray(selected: Selected): HistogramField['buckets'] | undefined {
  const buckets = selected.layout.kind === 'array' ? selected : fieldNamed(selected, 'buckets');
  if (buckets?.layout.kind !== 'array') return undefined;
  const { element, count } = buckets.layout;
  if (element.kind !== 'integer' || element.signed || element.network) return undefined;
  if (element.size !== 4 && element.size !== 8) return undefined;
  return count < 2 || count > bucketLimit ? undefined : { offset: buckets.offset, count, size: element.size };
}

function fieldNamed({ layout, offset, title }: Selected, name: string): Selected | undefined {
  if (layout.kind !== 'struct') return undefined;
  const field = layout.fields.find((candidate) => candidate.name === name);
  if (field === undefined || field.bits) return undefined;
  return { title: `"${name}" of ${title}`, layout: field.layout, offset: offset + field.offset };
}
