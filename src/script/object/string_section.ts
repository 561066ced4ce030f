import { ByteWriter } from './byte_writer.js';

/** A section of texts that end with NUL, as ELF and BTF have it. The empty text is at 0. */
export class StringSection {
  readonly #writer = new ByteWriter().number(0, 1);
  readonly #known = new Map<string, number>([['', 0]]);

  /** The offset of a text; equal texts are stored once. */
  add(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const offset = this.#writer.length;
    this.#writer.bytes(Buffer.from(text)).number(0, 1);
    this.#known.set(text, offset);
    return offset;
  }

  toBytes(): Uint8Array {
    return this.#writer.toBytes();
  }
}
