/** Counts the bytes of bodies that are still needed. */
export interface KeptBytes {
  /** @param bytes negative when bytes are no longer kept */
  add(bytes: number): void;
}

interface Link {
  readonly chunk: Buffer;
  /** Readers that have not released this chunk. */
  readers: number;
  next: Link | undefined;
}

/**
 * A body produced once, at the producer's pace, for any number of readers that joined before. A slow reader keeps the chunks
 * that it has not released in memory, but delays neither the producer nor another reader.
 */
export class SharedBody {
  readonly #kept: KeptBytes;
  readonly #readers = new Set<BodyReader>();
  #last: Link | undefined;
  /** Whether the producer has ended. */
  ended = false;
  /** The producer's error. */
  error: unknown;

  constructor(kept: KeptBytes) {
    this.#kept = kept;
  }

  /** A reader of all chunks. Call it before `produce`. The caller must let it end or leave. */
  join(): BodyReader {
    const reader = new BodyReader(this);
    this.#readers.add(reader);
    return reader;
  }

  /** Takes all chunks of `source`, whose error is that of the readers. Never rejects. */
  async produce(source: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const chunk of source) this.#push(chunk);
    } catch (error) {
      this.error = error ?? new Error('The producer failed without an error');
    }
    this.ended = true;
    for (const reader of this.#readers) reader.wake();
  }

  /** Called by a reader that needs the chunk no longer. */
  release(link: Link): void {
    if (--link.readers === 0) this.#kept.add(-link.chunk.length);
  }

  /** Called by a reader that needs no further chunk. */
  forget(reader: BodyReader): void {
    this.#readers.delete(reader);
  }

  #push(chunk: Buffer): void {
    if (this.#readers.size === 0) return;
    const link: Link = { chunk, readers: this.#readers.size, next: undefined };
    if (this.#last !== undefined) this.#last.next = link;
    this.#last = link;
    for (const reader of this.#readers) reader.offer(link);
    this.#kept.add(chunk.length);
  }
}

/** One reader of a shared body. */
export class BodyReader {
  readonly #body: SharedBody;
  /** The first chunk that was not released. */
  #oldest: Link | undefined;
  /** The first chunk that was not taken. */
  #next: Link | undefined;
  #left = false;
  #wake: (() => void) | undefined;

  constructor(body: SharedBody) {
    this.#body = body;
  }

  /** The next chunk, which stays in memory until it is released; undefined at the end. Rejects with the producer's error. */
  async take(): Promise<Buffer | undefined> {
    while (this.#next === undefined) {
      if (this.#left) return undefined;
      if (this.#body.error !== undefined) throw this.#body.error;
      if (this.#body.ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const { chunk, next } = this.#next;
    this.#next = next;
    return chunk;
  }

  /** Releases the oldest chunk that was taken. */
  release(): void {
    const link = this.#oldest;
    if (link === undefined) return;
    this.#oldest = link.next;
    this.#body.release(link);
  }

  /** Releases every chunk. `take` returns nothing from now on. */
  leave(): void {
    this.#left = true;
    this.#body.forget(this);
    this.#next = undefined;
    while (this.#oldest !== undefined) this.release();
    this.wake();
  }

  /** All chunks; each is released when the next one is asked for. */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (let chunk = await this.take(); chunk !== undefined; chunk = await this.take()) {
        yield chunk;
        this.release();
      }
    } finally {
      this.leave();
    }
  }

  /** Called by the body for every chunk. */
  offer(link: Link): void {
    this.#oldest ??= link;
    this.#next ??= link;
    this.wake();
  }

  /** Called by the body at its end. */
  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
