import type { DecodeContext } from './context.js';
import type { DecodedField } from './decoded_field.js';
import type { Integer } from './integer.js';

/** Decodes a field of a key or value to text. Called for every new row: it allocates little more than the text. */
export type FieldDecoder = (bytes: Uint8Array) => string;

/** Turns the text of the decoder before it into other text; undefined drops the row. */
export type TextDecoder = (text: string) => string | undefined;

/** A decoder compiled for one field. */
export interface CompiledDecoder {
  readonly decode: FieldDecoder;
  /** Longest text in characters, where a label may be longer than others. */
  readonly textLimit?: number;
  /** Where present: to be called with every key or value that will be decoded, before `prepare`. */
  readonly announce?: (bytes: Uint8Array) => void;
  /** Loads what `decode` cannot wait for; undefined when nothing has to be loaded. Never rejects. */
  readonly prepare?: () => Promise<void> | undefined;
}

/** A decoder that reads the raw field and therefore comes first. */
export interface Decoder<Settings = unknown> {
  /** A noun phrase for messages and docs/decoders.md: `an array of bytes`. */
  readonly takes: string;
  /** Compiles the decoder for one field; undefined when the field is unsuitable. */
  compile(field: DecodedField, context: DecodeContext, settings: Settings): CompiledDecoder | undefined;
}

/**
 * A decoder of integers.
 * @param name makes the function that names an integer, once per field
 * @param signed reads the bits as signed or unsigned, instead of as the type says
 */
export function integerDecoder<Settings>(
  takes: string,
  name: (context: DecodeContext, settings: Settings) => (integer: Integer) => string,
  signed?: boolean,
): Decoder<Settings> {
  return {
    takes,
    compile(field, context, settings) {
      const read = field.integer(signed);
      if (read === undefined) return undefined;
      const nameOf = name(context, settings);
      return { decode: (bytes) => nameOf(read(bytes)) };
    },
  };
}
