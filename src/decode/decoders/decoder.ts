import type { DecodeContext } from '../context.js';
import type { Layout } from '../layout.js';
import { type IntegerReader, integerReader, numberField } from '../number_field.js';
import type { Selected } from '../path.js';

/** Words a field of a key or value. Called for every new row: it allocates little more than the text. */
export type FieldDecoder = (bytes: Uint8Array) => string;
/** Rewords text; undefined drops the row. */
export type TextDecoder = (text: string) => string | undefined;

/** A decoder that takes the raw field and therefore comes first. */
export interface Decoder {
  /** What it takes, as in "Expected … for decoder": also its line in docs/decoders.md. */
  readonly takes: string;
  /** Compiles it for one field; undefined when the field is unsuitable. */
  compile(field: DecodedField, context: DecodeContext): FieldDecoder | undefined;
  /** For a decoder that must know before `prepare` what it will be asked: compiles what tells it a field. */
  announce?(field: DecodedField, context: DecodeContext): (bytes: Uint8Array) => void;
  /** Brings up to date what cannot be loaded while decoding. Never rejects. */
  prepare?(context: DecodeContext): Promise<void> | undefined;
}

/** A field as a decoder sees it. */
export class DecodedField {
  /** @param total size of the whole key or value */
  constructor(
    private readonly selected: Selected,
    private readonly total: number,
  ) {}

  get layout(): Layout {
    return this.selected.layout;
  }

  get offset(): number {
    return this.selected.offset;
  }

  get size(): number {
    return this.selected.layout.size;
  }

  get isBitfield(): boolean {
    return this.selected.bits !== undefined;
  }

  /**
   * A reader of the field as an integer; undefined when it is not an integer, enum, bool or pointer.
   * Types in network byte order (`__be16`, ...) are read in that order.
   * @param signed reads the same bits as signed or unsigned, instead of as the type says
   */
  integer(signed?: boolean): IntegerReader | undefined {
    const { layout } = this.selected;
    const isNetwork = layout.kind === 'integer' && layout.network;
    const field = isNetwork ? numberField(this.selected, this.total, false) : numberField(this.selected, this.total);
    if (field === undefined) return undefined;
    const wanted = signed === undefined ? field : { ...field, signed };
    return isNetwork ? integerReader(wanted, false) : integerReader(wanted);
  }
}

/** A decoder of integers: compiles to `word` of the field's integer. */
export function integerDecoder(
  takes: string,
  word: (context: DecodeContext) => (integer: number | bigint) => string,
  signed?: boolean,
): Decoder {
  return {
    takes,
    compile(field, context) {
      const read = field.integer(signed);
      if (read === undefined) return undefined;
      const text = word(context);
      return (bytes) => text(read(bytes));
    },
  };
}

/** Makes something once per context, so that all metrics of all probes share it. */
export function perContext<T>(make: (context: DecodeContext) => T): (context: DecodeContext) => T {
  const made = new WeakMap<DecodeContext, T>();
  return (context) => {
    let value = made.get(context);
    if (value === undefined) {
      value = make(context);
      made.set(context, value);
    }
    return value;
  };
}
