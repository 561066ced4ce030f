/**
 * Keeps long work from holding the event loop. All work of a process that may be long shares one pacer: it lets one
 * waiter go on per turn of the loop, so that two of them cannot add up their slices.
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

  /** Whether the slice is used up: then await `pause()`. Cheap, but not free: ask once per some 10 µs of work. */
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
