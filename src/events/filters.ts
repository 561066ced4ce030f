import type { Condition, Constant, StreamSpec } from '../config/event_schema.js';
import { FaultCollector, type Locate } from '../decode/fault_collector.js';
import type { Layout } from '../decode/layout.js';
import { describeField } from '../decode/layout_text.js';
import { type Origin, type Selected, select } from '../decode/path.js';
import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { Filter, Range, RecordNumber } from './plan_words.js';
import { recordNumber } from './record_number.js';

const allBits = 2n ** 64n - 1n;

/**
 * The filters of a stream.
 * @param locate places below `events.NAME`
 * @throws Faults with FIELD_* and EVENTS_CONDITION_INVALID
 */
export function filtersOf({ where }: StreamSpec, record: Origin, locate: Locate): Filter[] {
  const faults = new FaultCollector();
  const filters = where.flatMap(({ field, ...condition }) => {
    const at = locate(['where', field]);
    return faults.attempt(() => conditionFilters(condition, select(record, field, at), record.layout.size, at)) ?? [];
  });
  faults.throwIfAny();
  return filters;
}

function conditionFilters(
  condition: Condition,
  field: Selected,
  total: number,
  location: Location | undefined,
): Filter[] {
  const { layout } = field;
  if (layout.kind === 'array' && layout.element.kind === 'integer' && layout.element.size === 1) {
    return textFilters(condition, field, layout.count, location);
  }
  const number = recordNumber(field, total);
  if (number !== undefined) return numberFilters(condition, field, number, location);
  throw unsuitable('where', 'about an integer, an enum, a bool or a char array', field, location);
}

function textFilters(condition: Condition, field: Selected, count: number, location: Location | undefined): Filter[] {
  for (const setting of ['min', 'max', 'mask'] as const) {
    if (condition[setting] !== undefined) throw unsuitable(setting, 'left out', field, location);
  }
  return (['in', 'not'] as const).flatMap((setting) => {
    const texts = condition[setting];
    if (texts === undefined) return [];
    for (const text of texts) {
      if (typeof text !== 'string' || text.includes('\0')) throw unsuitable(setting, 'text', field, location);
    }
    // A flexible array ends with its record.
    const size = count === 0 ? 4096 : count;
    return [{ offset: field.offset, size, isNegated: setting === 'not', texts: texts.map(String) }];
  });
}

function numberFilters(
  { in: wanted, not, min, max, mask }: Condition,
  field: Selected,
  number: RecordNumber,
  location: Location | undefined,
): Filter[] {
  const [lowest, highest] = limitsOf(number);
  const value = (setting: string, constant: Constant): bigint => {
    const whole = wholeOf(field.layout, constant);
    if (whole === undefined) throw unsuitable(setting, whatItTakes(field.layout), field, location);
    if (whole < lowest || whole > highest) {
      throw unsuitable(setting, `from ${lowest} to ${highest}`, field, location);
    }
    return whole;
  };
  const bits = mask === undefined ? allBits : BigInt.asUintN(64, value('mask', mask));
  const each = (setting: string, constants: readonly Constant[]): Range[] =>
    constants.map((constant) => [value(setting, constant), value(setting, constant)]);
  const filter = (ranges: readonly Range[], isNegated = false): Filter => ({ number, mask: bits, isNegated, ranges });
  const filters = [
    ...(wanted ? [filter(each('in', wanted))] : []),
    ...(not ? [filter(each('not', not), true)] : []),
    ...(min !== undefined || max !== undefined
      ? [filter([[min === undefined ? lowest : value('min', min), max === undefined ? highest : value('max', max)]])]
      : []),
  ];
  return filters.length === 0 ? [filter([[0n, 0n]], true)] : filters;
}

function limitsOf({ size, signed, bits }: RecordNumber): Range {
  const width = BigInt(bits?.width ?? size * 8);
  return signed ? [-(2n ** (width - 1n)), 2n ** (width - 1n) - 1n] : [0n, 2n ** width - 1n];
}

/** An enum takes the names of its values, too. */
function wholeOf(layout: Layout, constant: Constant): bigint | undefined {
  if (typeof constant !== 'string') return BigInt(constant);
  if (layout.kind !== 'enum') return undefined;
  for (const [number, name] of layout.names) if (name === constant) return BigInt(number);
  return undefined;
}

function whatItTakes(layout: Layout): string {
  if (layout.kind !== 'enum') return 'a whole number';
  const names = [...layout.names.values()].slice(0, 8);
  return `a whole number or a name of the enum (${names.join(', ')}${layout.names.size > 8 ? ', ...' : ''})`;
}

function unsuitable(setting: string, requirement: string, field: Selected, location: Location | undefined) {
  return fault('EVENTS_CONDITION_INVALID', { setting, requirement, field: describeField(field) }, { location });
}
