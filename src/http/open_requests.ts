import type { ServerResponse } from 'node:http';

/** Requests that have come and are not answered to the last byte. */
export class OpenRequests {
  readonly #open = new Set<ServerResponse>();
  #wake: (() => void) | undefined;
  #closing = false;

  /** Whether no new request is to be begun. */
  get closing(): boolean {
    return this.#closing;
  }

  add(response: ServerResponse): void {
    this.#open.add(response);
    response.once('close', () => {
      this.#open.delete(response);
      if (this.#open.size === 0) this.#wake?.();
    });
  }

  /** Refuses new requests and resolves when the open ones have been answered, or after `patienceMs`. */
  async drain(patienceMs: number): Promise<void> {
    this.#closing = true;
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
