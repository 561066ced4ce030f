import type { DecoderSpec } from '../config/probe_schema.js';
import { fault } from '../errors/fault.js';
import type { DecodeContext } from './context.js';
import { DecodedField, type FieldDecoder, type TextDecoder } from './decoders/decoder.js';
import { type FieldSpec, fieldDecoder } from './decoders/field_decoders.js';
import { mapText } from './decoders/map.js';
import { regexText } from './decoders/regex.js';
import type { Locate } from './fault_collector.js';
import type { Layout } from './layout.js';
import { received } from './metric_value.js';
import type { Selected } from './path.js';

/** The decoders of one label, compiled for its field. */
export interface Chain {
  /** The label's text; undefined drops the row. */
  readonly decode: (bytes: Uint8Array) => string | undefined;
  /** To be called with every entry that will be decoded, before `prepare`. */
  readonly announce?: (bytes: Uint8Array) => void;
  readonly prepare?: (context: DecodeContext) => Promise<void> | undefined;
}

/** Longest text of a label, in characters. */
export const textLimit = 128;

/**
 * Compiles the decoders of a label. The first takes the raw field, the others its text. `map` and `regex` take text: as
 * the first they get the decimal digits of an integer, or what the field's own decoder makes of it.
 * @param total size of the key or value that the field is in
 * @throws DECODER_UNSUITABLE, DECODER_KEY_INVALID
 */
export function compileChain(
  label: string,
  selected: Selected,
  total: number,
  specs: readonly DecoderSpec[] | undefined,
  context: DecodeContext,
  locate: Locate,
): Chain {
  const locateStep = (index: number) => locate(specs === undefined ? ['field'] : ['decode', index]);
  const unsuitable = (decoder: string, expected: string, got: string, index: number) =>
    fault('DECODER_UNSUITABLE', { decoder, expected, label, received: got }, { location: locateStep(index) });

  const start = firstStep(selected.layout, specs?.[0]);
  if (start === undefined) {
    const decoder = specs?.[0]?.kind ?? 'default';
    throw unsuitable(decoder, 'an integer, an enum, a bool, a pointer or a char array', received(selected), 0);
  }
  const decoder = fieldDecoder(start);
  const field = new DecodedField(selected, total);
  const first = decoder.compile(field, context);
  if (first === undefined) throw unsuitable(start.kind, decoder.takes, received(selected), 0);

  const rest = specs?.[0] !== undefined && !isTextual(specs[0]) ? 1 : 0;
  const steps: TextDecoder[] = [];
  for (const [index, spec] of (specs ?? []).entries()) {
    if (index < rest) continue;
    if (!isTextual(spec)) {
      throw unsuitable(
        spec.kind,
        'to be the first, which gets the field itself,',
        'text of the decoder before it',
        index,
      );
    }
    if (spec.kind === 'map') checkKeys(label, selected, index === 0, spec.values, locateStep(index));
    steps.push(compileText(spec, index === 0 ? selected.layout : undefined));
  }
  const { prepare } = decoder;
  const announce = decoder.announce?.(field, context);
  return { decode: compose(first, steps), ...(announce && { announce }), ...(prepare && { prepare }) };
}

type TextualSpec = Extract<DecoderSpec, { kind: 'map' | 'regex' }>;

function isTextual(spec: DecoderSpec): spec is TextualSpec {
  return spec.kind === 'map' || spec.kind === 'regex';
}

/** What reads the field: the decoder that is named, or the one that suits the type. */
function firstStep(layout: Layout, spec: DecoderSpec | undefined): FieldSpec | undefined {
  if (spec !== undefined && !isTextual(spec)) return spec;
  switch (layout.kind) {
    case 'integer':
      if (layout.encoding === 'bool') return { kind: 'bool' };
      return { kind: layout.signed ? 'int' : 'uint' };
    case 'enum':
      if (spec === undefined) return { kind: 'enum' };
      return { kind: layout.signed ? 'int' : 'uint' };
    case 'pointer':
      return { kind: 'hex' };
    case 'array':
      return layout.element.kind === 'integer' && layout.element.encoding === 'char' ? { kind: 'string' } : undefined;
    default:
      return undefined;
  }
}

function compileText(spec: TextualSpec, raw: Layout | undefined): TextDecoder {
  if (spec.kind === 'regex') return regexText(spec.action, spec.pattern, spec.replace);
  if (raw?.kind !== 'integer' || raw.encoding !== 'bool') return mapText(spec.values, spec.default);
  const values = Object.entries(spec.values).map(([key, text]) => [boolWords.get(key) ?? key, text] as const);
  return mapText(Object.fromEntries(values), spec.default);
}

const boolWords = new Map([
  ['0', 'false'],
  ['1', 'true'],
]);

/** Refuses keys that no field of this type can ever match. */
function checkKeys(
  label: string,
  selected: Selected,
  isFirst: boolean,
  values: Readonly<Record<string, string>>,
  location: ReturnType<Locate>,
): void {
  const { layout } = selected;
  if (!isFirst || (layout.kind !== 'integer' && layout.kind !== 'enum')) return;
  const isBool = layout.kind === 'integer' && layout.encoding === 'bool';
  const valid = isBool ? /^(?:0|1|true|false)$/ : layout.signed ? /^(?:0|-?[1-9]\d*)$/ : /^(?:0|[1-9]\d*)$/;
  const key = Object.keys(values).find((candidate) => !valid.test(candidate));
  if (key === undefined) return;
  const expected = isBool ? 'true or false' : layout.signed ? 'whole numbers' : 'whole numbers from 0';
  throw fault('DECODER_KEY_INVALID', { label, key, received: received(selected), expected }, { location });
}

function compose(first: FieldDecoder, steps: readonly TextDecoder[]): (bytes: Uint8Array) => string | undefined {
  const [step, ...others] = steps;
  if (step === undefined) return (bytes) => shorten(first(bytes));
  if (others.length === 0) {
    return (bytes) => {
      const text = step(first(bytes));
      return text === undefined ? undefined : shorten(text);
    };
  }
  return (bytes) => {
    let text: string | undefined = first(bytes);
    for (const next of steps) {
      text = next(text);
      if (text === undefined) return undefined;
    }
    return shorten(text);
  };
}

/** Cuts text after 127 characters, and says so. Never cuts a character in two. */
function shorten(text: string): string {
  if (text.length <= textLimit) return text;
  const characters = Array.from(text.slice(0, 2 * textLimit + 1));
  return characters.length <= textLimit ? text : `${characters.slice(0, textLimit - 1).join('')}…`;
}
