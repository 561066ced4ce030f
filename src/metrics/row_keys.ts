/** The keys of rows, for maps whose keys are needed after the scrape that added them. */
export class RowKeys {
  readonly #keySize: number;
  #bytes = Buffer.alloc(0);

  constructor(keySize: number) {
    this.#keySize = keySize;
  }

  /** Prepares for rows below `limit`. */
  reserve(limit: number): void {
    if (limit * this.#keySize <= this.#bytes.length) return;
    const bytes = Buffer.alloc(limit * this.#keySize + ((limit * this.#keySize) >> 1));
    this.#bytes.copy(bytes);
    this.#bytes = bytes;
  }

  set(row: number, key: Uint8Array): void {
    this.#bytes.set(key, row * this.#keySize);
  }

  /** A view of the key, valid until `set` is called for the row. */
  get(row: number): Uint8Array {
    return this.#bytes.subarray(row * this.#keySize, (row + 1) * this.#keySize);
  }
}
