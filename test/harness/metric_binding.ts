import type { MetricSpec } from '../../src/config/probe_schema.js';
import type { EntryParts } from '../../src/decode/entry_parts.js';
import type { LabelSetDecoder } from '../../src/decode/label_set.js';
import type { MetricBinding } from '../../src/decode/metric_binding.js';
import type { MetricValue } from '../../src/decode/metric_value.js';
import type { OverflowBinding } from '../../src/decode/overflow.js';

/** Returns the label values of an entry, or `undefined` to drop it; throws if they cannot be decoded. */
export type Decode = (key: Buffer, value: Buffer | undefined) => readonly string[] | undefined;

export interface BindingOptions extends Partial<Omit<MetricSpec, 'labels'>> {
  /** Names of the labels; a name with `=` is a constant label. */
  labels?: readonly string[];
  decode?: Decode;
  usesValue?: boolean;
  announce?: (key: Uint8Array, value?: Uint8Array) => void;
  prepare?: () => Promise<void> | undefined;
  read?: MetricValue;
  parts?: EntryParts;
  other?: OverflowBinding;
}

/** The value of a map that is one unsigned 64-bit integer. */
export const wholeValue = { kind: 'number', field: { offset: 0, size: 8, signed: false } } as const;

/** A binding with defaults. The default label value is the key's text up to the first NUL. */
export function bindingOf(options: BindingOptions = {}): MetricBinding {
  const {
    labels = [],
    decode = keyText,
    usesValue = false,
    announce,
    prepare,
    read = wholeValue,
    parts,
    other,
    ...spec
  } = options;
  const names = labels.map((label) => label.split('=')[0]!);
  const constants = labels.map((label) => label.split('=')[1]);
  const withConstants = (texts: readonly string[]) => {
    const rest = [...texts];
    return constants.map((constant) => constant ?? rest.shift() ?? '');
  };
  const decoder: LabelSetDecoder = {
    names,
    overflow: constants.map((constant) => constant ?? 'other'),
    usesValue,
    ...(announce && { announce }),
    prepare: prepare ?? (() => undefined),
    decode(key, value) {
      const texts = decode(Buffer.from(key), value && Buffer.from(value));
      return texts && withConstants(texts);
    },
  };
  const type = spec.type ?? (read.kind === 'number' ? 'counter' : 'histogram');
  const map = spec.map ?? 'events';
  const specLabels = names.map((name, index) => {
    const constant = constants[index];
    return [name, constant === undefined ? { from: 'key' as const } : { constant }] as const;
  });
  return {
    spec: {
      name: type === 'counter' ? 'events_total' : 'events',
      help: 'Events.',
      limit: 10_000,
      ...spec,
      type,
      map,
      labels: Object.fromEntries(specLabels),
    },
    map,
    labels: decoder,
    value: read,
    ...(parts && { parts }),
    ...(other && { other }),
  };
}

function keyText(key: Buffer): readonly string[] {
  const end = key.indexOf(0);
  return [key.toString('utf8', 0, end < 0 ? key.length : end)];
}
