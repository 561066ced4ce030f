/** Runs of one program, and their CPU time, as the kernel counted them. */
export interface RunCounts {
  readonly runs: number;
  readonly nanoseconds: number;
}

/**
 * Totals of a program's runs, estimated from the short windows in which the kernel counts: permanent counting would cost
 * about 49 ns per event. The rate of a window is taken for the whole time since the previous window.
 */
export class RunEstimate {
  #runs = 0;
  #seconds = 0;
  #lastRuns = 0;
  #lastNanoseconds = 0;
  #windowSeconds = 0;

  /**
   * Adds a window.
   * @param counted counts within the window
   * @param windowSeconds length of the window
   * @param sinceSeconds time from the end of the previous window to the end of this one
   */
  add(counted: RunCounts, windowSeconds: number, sinceSeconds: number): void {
    const scale = windowSeconds > 0 ? sinceSeconds / windowSeconds : 1;
    this.#runs += counted.runs * scale;
    this.#seconds += (counted.nanoseconds / 1e9) * scale;
    this.#lastRuns = counted.runs;
    this.#lastNanoseconds = counted.nanoseconds;
    this.#windowSeconds = windowSeconds;
  }

  get runs(): number {
    return Math.round(this.#runs);
  }

  get seconds(): number {
    return this.#seconds;
  }

  /** CPU time per run in the last window; undefined if it had no run. */
  get nanosecondsPerRun(): number | undefined {
    return this.#lastRuns > 0 ? this.#lastNanoseconds / this.#lastRuns : undefined;
  }

  /** CPU seconds per second in the last window; undefined before the first. */
  get cpuShare(): number | undefined {
    return this.#windowSeconds > 0 ? this.#lastNanoseconds / 1e9 / this.#windowSeconds : undefined;
  }
}
