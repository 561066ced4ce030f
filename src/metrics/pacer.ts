/** Reading a byte of a value takes 0.5 to 3 ns. */
const bytesPerLook = 32 * 1024;

/**
 * How many entries may be read between two looks at the clock, so that a look costs little and comes in time. An entry of a
 * per-CPU map is as long as the host has possible CPUs.
 * @param stride bytes from one entry to the next
 * @param most for short entries
 */
export function entriesPerLook(stride: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(bytesPerLook / stride)));
}

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

  /** Whether the slice is used up: then await `pause()`. It reads the clock: ask once per ten microseconds of work or more. */
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
