/** Bytes that grow; little-endian numbers. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param width in bytes: 1, 2, 4 or 8 */
  number(value: number | bigint, width: number): this {
    const at = this.#grow(width);
    let rest = BigInt.asUintN(8 * width, BigInt(value));
    for (let index = 0; index < width; index++) {
      this.#bytes[at + index] = Number(rest & 0xffn);
      rest >>= 8n;
    }
    return this;
  }

  /** 4 bytes each. */
  words(...values: readonly number[]): this {
    for (const value of values) this.number(value, 4);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Zeroes up to a multiple. */
  align(multiple: number): this {
    this.#grow((multiple - (this.#length % multiple)) % multiple);
    return this;
  }

  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }
}
