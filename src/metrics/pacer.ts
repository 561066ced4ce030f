/**
 * Keeps long work from blocking the event loop. All long work of the process shares one pacer, which resumes one waiter
 * per turn of the loop: the slices of two never add up.
 */
export class Pacer {
  readonly #waiting: (() => void)[] = [];
  readonly #sliceMs: number;
  #sliceEnd = Number.NEGATIVE_INFINITY;

  /**
   * @param now milliseconds; never goes back
   * @param sliceMs how long the event loop may be held
   */
  constructor(
    readonly now: () => number,
    sliceMs = 6,
  ) {
    this.#sliceMs = sliceMs;
  }

  /** Whether the slice is used up: then await `pause()`. It reads the clock: ask once per 10 µs of work or more. */
  get isDue(): boolean {
    return this.now() >= this.#sliceEnd;
  }

  /** Resolves in a later turn of the event loop, with a new slice. */
  pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) setImmediate(this.#resume);
    });
  }

  readonly #resume = (): void => {
    const next = this.#waiting.shift();
    if (this.#waiting.length > 0) setImmediate(this.#resume);
    this.#sliceEnd = this.now() + this.#sliceMs;
    next?.();
  };
}
