import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { LIMITS } from './limits.js';
import type { SharedScrape } from './scrape_sharing.js';
import type { KeptBytes } from './shared_body.js';

/**
 * The answer to a scrape on its way to one client: a response body that supports only `pipe`. It hands over at most a window
 * of bytes ahead of what the client has taken, so that the rest is shared with other clients and its pace is known.
 */
export class Transfer extends Readable {
  /** The network of the client. */
  readonly client: string;
  readonly #scrape: SharedScrape;
  readonly #response: ServerResponse;
  readonly #kept: KeptBytes;
  /** Bytes of the chunks that the client has not taken yet. */
  #outstanding = 0;
  /** Since when the client has not taken a chunk, by `performance.now()`; undefined if none waits for it. */
  waitingSince: number | undefined;
  #left = false;
  #wake: (() => void) | undefined;

  /** @param kept counts what the connection holds of the body: with TLS that is an encrypted copy */
  constructor(client: string, scrape: SharedScrape, response: ServerResponse, kept: KeptBytes) {
    super({ read() {} });
    this.client = client;
    this.#scrape = scrape;
    this.#response = response;
    this.#kept = kept;
  }

  /** Whether the answer belongs to the last read of the kernel. */
  get isNewest(): boolean {
    return this.#scrape.isNewest();
  }

  /** Whether the client is slow to take the answer. */
  get isSlow(): boolean {
    return this.waitingSince !== undefined && performance.now() - this.waitingSince > LIMITS.slowMs;
  }

  /** Closes the connection. */
  cut(): void {
    this.#response.destroy();
  }

  /** Frees what the answer keeps in memory. Call it when the connection or the answer has ended. */
  leave(): void {
    this.#left = true;
    this.#scrape.reader.leave();
    this.#kept.add(-this.#outstanding);
    this.#outstanding = 0;
    this.waitingSince = undefined;
    this.#wake?.();
  }

  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    void this.#pour(destination);
    return destination;
  }

  async #pour(destination: NodeJS.WritableStream): Promise<void> {
    const { reader } = this.#scrape;
    try {
      for (let chunk = await reader.take(); chunk !== undefined; chunk = await reader.take()) {
        this.#hand(chunk, destination);
        while (this.#outstanding >= LIMITS.windowBytes) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (this.#left) return;
    destination.end();
    this.push(null);
    this.resume();
  }

  #hand(chunk: Buffer, destination: NodeJS.WritableStream): void {
    this.#outstanding += chunk.length;
    this.waitingSince ??= performance.now();
    destination.write(chunk, () => {
      if (this.#left) return;
      this.#scrape.reader.release();
      this.#outstanding -= chunk.length;
      this.#kept.add(-chunk.length);
      this.waitingSince = this.#outstanding > 0 ? performance.now() : undefined;
      if (this.#outstanding >= LIMITS.windowBytes) return;
      this.#wake?.();
      this.#wake = undefined;
    });
    // This may cut the transfer itself.
    this.#kept.add(chunk.length);
  }
}
