/** Lets one piece of work run at a time. Clients take turns, however much work one of them has waiting. */
export class FairTurns {
  readonly #limit: number;
  readonly #limitOfClient: number;
  /** Work that waits, by client. The client that had a turn last is the last one. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #waitingCount = 0;
  #isRunning = false;

  /**
   * @param limit how much work may wait
   * @param limitOfClient how much work of one client may wait
   */
  constructor(limit: number, limitOfClient: number) {
    this.#limit = limit;
    this.#limitOfClient = limitOfClient;
  }

  /** A promise of a turn, which ends with `end()`; undefined if too much work waits already. */
  take(client: string): Promise<void> | undefined {
    if (!this.#isRunning) {
      this.#isRunning = true;
      return Promise.resolve();
    }
    const waiting = this.#waiting.get(client) ?? [];
    if (this.#waitingCount >= this.#limit || waiting.length >= this.#limitOfClient) return undefined;
    this.#waitingCount++;
    this.#waiting.set(client, waiting);
    return new Promise((resolve) => waiting.push(resolve));
  }

  /** Ends the turn that runs and begins the next one. */
  end(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#isRunning = false;
      return;
    }
    const [client, waiting] = first;
    const begin = waiting.shift()!;
    this.#waiting.delete(client);
    if (waiting.length > 0) this.#waiting.set(client, waiting);
    this.#waitingCount--;
    begin();
  }
}
