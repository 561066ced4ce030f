const chunkSize = 64 * 1024;

/** Collects bytes into chunks. A chunk that was taken belongs to the caller until it is given back. */
export class PageWriter {
  #full: Buffer[] = [];
  #spare: Buffer | undefined;
  #chunk: Buffer = Buffer.allocUnsafeSlow(chunkSize);
  #at = 0;

  /** Whether a chunk can be taken. */
  get hasFullChunk(): boolean {
    return this.#full.length > 0;
  }

  append(bytes: Buffer, start: number, end: number): void {
    let from = start;
    while (end - from > chunkSize - this.#at) {
      const next = from + chunkSize - this.#at;
      bytes.copy(this.#chunk, this.#at, from, next);
      this.#full.push(this.#chunk);
      this.#chunk = this.#spare ?? Buffer.allocUnsafeSlow(chunkSize);
      this.#spare = undefined;
      this.#at = 0;
      from = next;
    }
    bytes.copy(this.#chunk, this.#at, from, end);
    this.#at += end - from;
  }

  /** Takes back a chunk, to write the next one into it. */
  reuse(chunk: Buffer): void {
    if (chunk.length === chunkSize) this.#spare = chunk;
  }

  text(text: string): void {
    const bytes = Buffer.from(text);
    this.append(bytes, 0, bytes.length);
  }

  /** The full chunks since the last call. */
  takeFull(): Buffer[] {
    const full = this.#full;
    this.#full = [];
    return full;
  }

  /** All chunks that were not taken yet. Nothing can be written afterwards. */
  takeRest(): Buffer[] {
    const rest = this.takeFull();
    if (this.#at > 0) rest.push(this.#chunk.subarray(0, this.#at));
    this.#at = chunkSize;
    return rest;
  }
}
