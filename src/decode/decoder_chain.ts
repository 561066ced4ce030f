import type { DecoderSpec } from '../config/probe_schema.js';
import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { DecodeContext } from './context.js';
import { DecodedField, type FieldSurroundings } from './decoded_field.js';
import type { CompiledDecoder, TextDecoder } from './decoder.js';
import { type FieldSpec, fieldDecoders, type TextSpec, textDecoders } from './decoder_table.js';
import type { Locate } from './fault_collector.js';
import { mapOfField } from './field_map.js';
import { shorten } from './label_text.js';
import type { Layout } from './layout.js';
import { describeField } from './layout_text.js';
import type { Selected } from './path.js';

/** The decoders of one label, compiled for its field. */
export interface DecoderChain extends Omit<CompiledDecoder, 'decode' | 'textLimit'> {
  /** The label's text; undefined drops the row. */
  readonly decode: (bytes: Uint8Array) => string | undefined;
}

/**
 * Compiles the decoders of a label. The first reads the raw field, the others take its text. A first decoder that takes
 * text gets the decimal digits of an integer or enum, and of other fields the text of their default decoder.
 * @param total size of the whole key or value
 * @param surroundings what the first decoder may read besides the field; faults have the location
 * @throws DECODER_UNSUITABLE, DECODER_KEY_INVALID
 */
export function compileChain(
  label: string,
  selected: Selected,
  total: number,
  specs: readonly DecoderSpec[] | undefined,
  context: DecodeContext,
  locate: Locate,
  surroundings: (location: Location | undefined) => FieldSurroundings,
): DecoderChain {
  const { layout } = selected;
  const [first, ...others] = specs ?? [];
  const locateStep = (index: number) => locate(specs === undefined ? ['field'] : ['decode', index]);
  const reader = first === undefined || isText(first) ? defaultDecoder(layout, first !== undefined) : first;
  const kind = first?.kind ?? reader?.kind;
  const decoder = reader && fieldDecoders[reader.kind];
  const compiled =
    reader && decoder?.compile(new DecodedField(selected, total, surroundings(locateStep(0))), context, reader);
  if (compiled === undefined) {
    const takes = decoder?.takes ?? 'an integer, an enum, a bool, a pointer or a char array';
    const field = describeField(selected);
    const parameters = kind === undefined ? { label, undecoded: field } : { label, decoder: kind, takes, field };
    throw fault('DECODER_UNSUITABLE', parameters, { location: locateStep(0) });
  }
  const steps: TextDecoder[] = [];
  if (first !== undefined && isText(first)) {
    steps.push(compileText(first.kind === 'map' ? mapOfField(label, selected, first, locateStep(0)) : first));
  }
  for (const [index, spec] of others.entries()) {
    if (!isText(spec)) {
      const parameters = { label, decoder: spec.kind, after: specs![index]!.kind };
      throw fault('DECODER_UNSUITABLE', parameters, { location: locateStep(index + 1) });
    }
    steps.push(compileText(spec));
  }
  return { ...compiled, decode: compose(compiled, steps) };
}

function isText(spec: DecoderSpec): spec is TextSpec {
  return spec.kind === 'map' || spec.kind === 'regex';
}

/** The decoder that reads a field when the probe file names none for it. @param isNumber an enum is read as its number */
function defaultDecoder(layout: Layout, isNumber: boolean): FieldSpec | undefined {
  switch (layout.kind) {
    case 'integer':
      if (layout.encoding === 'bool') return { kind: 'bool' };
      return { kind: layout.signed ? 'int' : 'uint' };
    case 'enum':
      if (!isNumber) return { kind: 'enum' };
      return { kind: layout.signed ? 'int' : 'uint' };
    case 'pointer':
      return { kind: 'hex' };
    case 'array':
      return layout.element.kind === 'integer' && layout.element.encoding === 'char' ? { kind: 'string' } : undefined;
    default:
      return undefined;
  }
}

function compileText(spec: TextSpec): TextDecoder {
  return spec.kind === 'map' ? textDecoders.map(spec) : textDecoders.regex(spec);
}

function compose({ decode: read, textLimit }: CompiledDecoder, steps: readonly TextDecoder[]): DecoderChain['decode'] {
  const [step, ...others] = steps;
  if (step === undefined) return (bytes) => shorten(read(bytes), textLimit);
  if (others.length === 0) {
    return (bytes) => {
      const text = step(read(bytes));
      return text === undefined ? undefined : shorten(text, textLimit);
    };
  }
  return (bytes) => {
    let text: string | undefined = read(bytes);
    for (const next of steps) {
      text = next(text);
      if (text === undefined) return undefined;
    }
    return shorten(text, textLimit);
  };
}
