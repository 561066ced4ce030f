import { describeField } from '../decode/layout_text.js';
import { numberField } from '../decode/number_field.js';
import type { Selected } from '../decode/path.js';
import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { RecordNumber } from './plan_words.js';

/** The integer that a field of a record is; undefined for other fields. @param total size of the struct */
export function recordNumber(field: Selected, total: number): RecordNumber | undefined {
  const number = numberField(field, total);
  const network = field.layout.kind === 'integer' && field.layout.network;
  return number && { ...number, network };
}

/**
 * The integer that a metric adds up or observes.
 * @throws FIELD_UNSUITABLE, at `location`
 */
export function requiredNumber(
  field: Selected,
  total: number,
  purpose: string,
  location: Location | undefined,
): RecordNumber {
  const number = field.layout.kind === 'pointer' ? undefined : recordNumber(field, total);
  if (number !== undefined) return number;
  const requirement = `${purpose} must be an integer of at most 8 bytes`;
  throw fault('FIELD_UNSUITABLE', { requirement, problem: describeField(field) }, { location });
}
