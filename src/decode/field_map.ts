import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { TextSpec } from './decoder_table.js';
import { describeField } from './layout_text.js';
import type { Selected } from './path.js';

type MapSpec = Extract<TextSpec, { kind: 'map' }>;

/**
 * The decoder `map` as the first of a label: its left sides name values of the field itself. A bool may be named by 0 and 1.
 * @throws DECODER_KEY_INVALID when a left side can never match, at `location`
 */
export function mapOfField(label: string, selected: Selected, spec: MapSpec, location: Location | undefined): MapSpec {
  const { layout } = selected;
  if (layout.kind !== 'integer' && layout.kind !== 'enum') return spec;
  const isBool = layout.kind === 'integer' && layout.encoding === 'bool';
  const rule = isBool ? rules.bool : layout.signed ? rules.signed : rules.unsigned;
  const key = Object.keys(spec.values).find((candidate) => !rule.valid.test(candidate));
  if (key !== undefined) {
    const parameters = { label, key, requirement: rule.requirement, field: describeField(selected) };
    throw fault('DECODER_KEY_INVALID', parameters, { location });
  }
  if (!isBool) return spec;
  const values = Object.entries(spec.values).map(([number, text]) => [bools.get(number) ?? number, text] as const);
  return { ...spec, values: Object.fromEntries(values) };
}

const rules = {
  bool: { valid: /^(?:0|1|true|false)$/, requirement: 'true or false' },
  signed: { valid: /^(?:0|-?[1-9]\d*)$/, requirement: 'whole numbers' },
  unsigned: { valid: /^(?:0|[1-9]\d*)$/, requirement: 'whole numbers from 0' },
};

const bools = new Map([
  ['0', 'false'],
  ['1', 'true'],
]);
