import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { Layout } from './layout.js';
import { describeField } from './layout_text.js';
import { type NumberField, numberField } from './number_field.js';
import type { Selected } from './path.js';

/** Where a field that a gauge shows lies: as `integerField`, or a floating-point number. BPF programs copy these, but count with none. */
export function gaugeField(
  selected: Selected,
  total: number,
  purpose: string,
  location: Location | undefined,
): NumberField {
  const { layout, offset } = selected;
  if (layout.kind === 'opaque' && layout.isFloat && (layout.size === 4 || layout.size === 8)) {
    return { offset, size: layout.size, signed: true, isFloat: true };
  }
  return integerField(selected, total, purpose, location);
}

/**
 * Where a field that a metric counts with lies. It must be an integer or an enum in the host's byte order.
 * @param total size of the whole key or value
 * @param purpose what the field is used for: `the value of counter "m"`
 * @throws FIELD_UNSUITABLE, at `location`
 */
export function integerField(
  selected: Selected,
  total: number,
  purpose: string,
  location: Location | undefined,
): NumberField {
  const { layout } = selected;
  const isNetwork = layout.kind === 'integer' && layout.network;
  const isInteger = (layout.kind === 'integer' && !isNetwork) || layout.kind === 'enum';
  const field = isInteger ? numberField(selected, total) : undefined;
  if (field !== undefined) return field;
  const kind = isNetwork ? "an integer in the host's byte order" : 'an integer of at most 8 bytes';
  const hint = isHistogram(layout) ? ' (a struct with buckets needs `type: histogram`)' : '';
  const requirement = `${purpose} must be ${kind}${hint}`;
  throw fault('FIELD_UNSUITABLE', { requirement, problem: describeField(selected) }, { location });
}

function isHistogram(layout: Layout): boolean {
  if (layout.kind !== 'struct') return false;
  return layout.fields.some((field) => field.name === 'buckets' && field.layout.kind === 'array');
}
