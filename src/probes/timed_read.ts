import type { Deadline } from './deadline.js';

export interface ReadOutcome {
  /** Since the read began, which may have been before this call. */
  readonly seconds: number;
  /** `late`: the read goes on. */
  readonly result: 'read' | 'failed' | 'late';
}

/** Reads one thing, one read at a time. A read that misses its deadline goes on, and the next call waits for that one. */
export class TimedRead {
  readonly #read: () => Promise<boolean>;
  readonly #now: () => number;
  #running: { readonly start: number; readonly end: Promise<boolean> } | undefined;

  /**
   * @param read resolves to whether it succeeded; never rejects
   * @param now seconds, never going back
   */
  constructor(read: () => Promise<boolean>, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Waits for the read that runs, or for a new one, until the deadline; without a deadline, until its end. */
  async within(deadline: Deadline | undefined): Promise<ReadOutcome> {
    this.#running ??= this.#begin();
    const { start, end } = this.#running;
    const late = deadline?.passed.then(() => undefined);
    const succeeded = await (late ? Promise.race([end, late]) : end);
    const seconds = this.#now() - start;
    if (succeeded === undefined) return { seconds, result: 'late' };
    return { seconds, result: succeeded ? 'read' : 'failed' };
  }

  #begin(): { readonly start: number; readonly end: Promise<boolean> } {
    const start = this.#now();
    const end = this.#read().finally(() => {
      this.#running = undefined;
    });
    return { start, end };
  }
}
