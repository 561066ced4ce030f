/** The time that one scrape gives each probe. Whoever makes it calls `end`, which releases its timer. */
export class Deadline {
  readonly milliseconds: number;
  /** Resolves when the time is up, or at `end`. */
  readonly passed: Promise<void>;
  readonly #timer: NodeJS.Timeout;
  readonly #resolve: () => void;

  constructor(milliseconds: number) {
    let resolve = () => {};
    this.passed = new Promise<void>((resolved) => {
      resolve = resolved;
    });
    this.milliseconds = milliseconds;
    this.#resolve = resolve;
    this.#timer = setTimeout(resolve, milliseconds);
  }

  /** Ends the time now; does nothing the second time. */
  end(): void {
    clearTimeout(this.#timer);
    this.#resolve();
  }
}
