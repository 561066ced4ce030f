import { pipeline, Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';

/**
 * A body produced once, at the producer's pace, for any number of readers. A slow reader keeps the body in memory, but
 * delays neither the producer nor another reader.
 */
export class SharedBody {
  readonly #chunks: Buffer[] = [];
  #ended = false;
  #error: unknown;
  #wake: (() => void)[] = [];
  /** Resolves when the producer has ended; never rejects. */
  readonly produced: Promise<void>;

  constructor(source: AsyncIterable<Buffer>) {
    this.produced = this.#produce(source);
  }

  /** Yields all chunks, from the first. Throws the producer's error. */
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
      this.#error = error ?? new Error('The producer failed without an error');
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
 * Compresses `source` with gzip at the fastest level. Metrics shrink tenfold at this level; higher levels take longer than
 * reading the kernel.
 */
export async function* compressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 64 * 1024 });
  const input = Readable.from(source);
  // `pipeline` destroys `gzip` with the error of the source, and reading `gzip` throws it.
  pipeline(input, gzip, () => {});
  yield* gzip as AsyncIterable<Buffer>;
}
