/** Runs a job one at a time. Calls during a run share one more run after it, which sees everything that they wait for. */
export class SharedRuns {
  readonly #job: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(job: () => Promise<void>) {
    this.#job = job;
  }

  /** Settles as a run does that began after this call. */
  run(): Promise<void> {
    if (this.#next === undefined) {
      if (this.#running === undefined) return this.#begin();
      this.#next = this.settled().then(() => {
        this.#next = undefined;
        return this.#begin();
      });
    }
    return this.#next;
  }

  /** Resolves when the present run has ended, whether it failed or not. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => {});
  }

  #begin(): Promise<void> {
    this.#running = this.#job().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
