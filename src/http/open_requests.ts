import type { ServerResponse } from 'node:http';

/** Requests whose responses are not complete. */
export class OpenRequests {
  readonly #open = new Set<ServerResponse>();
  #wake: (() => void) | undefined;
  #closing = false;

  /** Whether new requests must be refused. */
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

  /** Sets `closing`. Resolves when all open requests are answered, or after `patienceMs`. */
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
