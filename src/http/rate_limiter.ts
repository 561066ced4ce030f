/** How many requests a server answers: after `burst` requests at once, one per interval. */
export interface RateLimit {
  readonly intervalMs: number;
  readonly burst: number;
}

/** A token bucket that follows the limit in force. A changed limit begins with a full bucket. */
export class RateLimiter {
  readonly #limit: () => RateLimit | undefined;
  readonly #now: () => number;
  #applied: RateLimit | undefined;
  #tokens = 0;
  #filledAt = 0;

  /**
   * @param limit the limit in force; undefined if there is none
   * @param now milliseconds, never going back
   */
  constructor(limit: () => RateLimit | undefined, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Takes a token for a request. @returns seconds until the next token, if there is none */
  refuse(): number | undefined {
    const limit = this.#limit();
    if (limit === undefined) return undefined;
    const { intervalMs, burst } = limit;
    const now = this.#now();
    if (intervalMs !== this.#applied?.intervalMs || burst !== this.#applied.burst) {
      this.#applied = limit;
      this.#tokens = burst;
    } else {
      this.#tokens = Math.min(burst, this.#tokens + (now - this.#filledAt) / intervalMs);
    }
    this.#filledAt = now;
    if (this.#tokens < 1) return ((1 - this.#tokens) * intervalMs) / 1000;
    this.#tokens -= 1;
    return undefined;
  }
}
