/**
 * Sums what a scraper sees, as queries do: a series counts from 0 when it appears, and again after a scrape without it.
 */
export class ModelScraper {
  /** The sum of all increases so far. */
  total = 0;
  #last = new Map<string, number>();

  /** The series of the last scrape. */
  get series(): Iterable<string> {
    return this.#last.keys();
  }

  /**
   * Takes the samples of one scrape.
   * @throws RangeError if a series decreases
   */
  scrape(samples: Readonly<Record<string, number>>): void {
    const now = new Map(Object.entries(samples));
    for (const [series, value] of now) {
      const before = this.#last.get(series) ?? 0;
      if (value < before) throw new RangeError(`${series} went from ${before} to ${value}`);
      this.total += value - before;
    }
    this.#last = now;
  }
}
