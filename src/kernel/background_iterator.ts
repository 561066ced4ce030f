import { setTimeout as sleep } from 'node:timers/promises';
import type { IteratorRun } from './iterators.js';

/** At least this long between the end of a run and the next run. */
const shortestPauseMs = 60_000;
/** And at least this many times the length of the run: 0.2 % of one CPU. */
const pausePerRun = 500;
/** The first scrape waits this long for the first run, which takes milliseconds on most hosts. */
const firstWaitMs = 100;

/**
 * An iterator that may take seconds, such as one over every open file of the host. It runs beside the scrapes: at the start, and again
 * at a scrape when enough time has passed.
 */
export class BackgroundIterator {
  readonly #run: () => Promise<IteratorRun>;
  readonly #now: () => number;
  /** The run that has not ended; never rejects. */
  #current: Promise<void> | undefined;
  #isFirst = true;
  #ended: { readonly run: IteratorRun } | { readonly error: unknown } | undefined;
  #dueAt = 0;

  /**
   * Starts the first run.
   * @param now milliseconds, never going back
   */
  constructor(run: () => Promise<IteratorRun>, now: () => number) {
    this.#run = run;
    this.#now = now;
    this.#start();
  }

  /**
   * Starts a run if it is due. Only the first call waits, and not for long.
   * @returns the run that ended since the last call, if any. @throws its failure
   */
  async refresh(): Promise<IteratorRun[]> {
    if (this.#isFirst) await this.#waitForFirst();
    const ended = this.#ended;
    this.#ended = undefined;
    if (this.#current === undefined && this.#now() >= this.#dueAt) this.#start();
    if (ended === undefined) return [];
    if ('error' in ended) throw ended.error;
    return [ended.run];
  }

  async #waitForFirst(): Promise<void> {
    this.#isFirst = false;
    const stop = new AbortController();
    const limit = sleep(firstWaitMs, undefined, { signal: stop.signal }).catch(() => {});
    await Promise.race([this.#current, limit]);
    stop.abort();
  }

  #start(): void {
    const start = this.#now();
    this.#current = this.#run()
      .then(
        (run) => {
          this.#ended = { run };
        },
        (error: unknown) => {
          this.#ended = { error };
        },
      )
      .then(() => {
        const end = this.#now();
        this.#dueAt = end + Math.max(shortestPauseMs, (end - start) * pausePerRun);
        this.#current = undefined;
      });
  }
}
