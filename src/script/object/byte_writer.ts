/** Bytes that grow; little-endian numbers. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param width in bytes: 1, 2, 4 or 8 */
  number(value: number | bigint, width: number): this {
    const at = this.#grow(width);
    switch (width) {
      case 1:
        this.#view.setUint8(at, Number(value));
        break;
      case 2:
        this.#view.setUint16(at, Number(value), true);
        break;
      case 4:
        this.#view.setUint32(at, Number(value), true);
        break;
      default:
        this.#view.setBigUint64(at, BigInt(value), true);
    }
    return this;
  }

  /** 4 bytes each. */
  words(...values: readonly number[]): this {
    let at = this.#grow(4 * values.length);
    for (let index = 0; index < values.length; index++, at += 4) this.#view.setUint32(at, values[index]!, true);
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
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
