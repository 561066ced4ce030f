import { pipeline, Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';

/**
 * Chunks that are produced once, at the producer's pace, and read by any number of readers at theirs: a slow reader
 * holds memory (one body), never the producer or another reader.
 */
export class SharedBody {
  readonly #chunks: Buffer[] = [];
  #ended = false;
  #error: unknown;
  #wake: (() => void)[] = [];
  /** Settles when the producer has ended; never rejects. */
  readonly produced: Promise<void>;

  constructor(source: AsyncIterable<Buffer>) {
    this.produced = this.#produce(source);
  }

  /** Reads from the first chunk on. Throws what the producer threw. */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    for (let index = 0; ; index++) {
      while (index >= this.#chunks.length) {
        if (this.#error !== undefined) throw this.#error;
        if (this.#ended) return;
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
      yield this.#chunks[index]!;
    }
  }

  async #produce(source: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const chunk of source) {
        this.#chunks.push(chunk);
        this.#notify();
      }
    } catch (error) {
      this.#error = error ?? new Error('The producer ended without a reason');
    }
    this.#ended = true;
    this.#notify();
  }

  #notify(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}

/**
 * The gzip form of `source`. The least effort is chosen: the text of metrics shrinks tenfold with it, and more effort
 * takes longer than the kernel's part of the scrape.
 */
export async function* compressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 64 * 1024 });
  const input = Readable.from(source);
  // The error reaches the reader below through `gzip`, which pipeline destroys with it.
  pipeline(input, gzip, () => {});
  yield* gzip as AsyncIterable<Buffer>;
}
