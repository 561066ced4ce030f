/** Runs of one program, and their CPU time, as the kernel counted them. */
export interface RunCounts {
  readonly runs: number;
  readonly nanoseconds: number;
}

/** What a program has cost since it was attached. Undefined is not known: neither counted nor measured. Totals never go down. */
export interface RunCost {
  readonly runs: number | undefined;
  /** The runs, or what windows let expect of a program that does not count them. */
  readonly estimatedRuns: number | undefined;
  readonly seconds: number | undefined;
  /** Recent CPU time per run. */
  readonly nanosecondsPerRun: number | undefined;
  /** Recent CPU seconds per second. */
  readonly cpuShare: number | undefined;
  /** Recent runs per second. */
  readonly runRate: number | undefined;
}

/** The cost of a program of which every run is measured. */
export class MeasuredCost implements RunCost {
  runs = 0;
  seconds = 0;
  nanosecondsPerRun: number | undefined;
  cpuShare: number | undefined;
  runRate: number | undefined;

  get estimatedRuns(): number {
    return this.runs;
  }

  /** @param sinceSeconds time since the end of the run before */
  add({ nanoseconds, runs }: RunCounts, sinceSeconds: number): void {
    this.runs += runs;
    this.seconds += nanoseconds / 1e9;
    this.nanosecondsPerRun = nanoseconds / runs;
    this.cpuShare = nanoseconds / 1e9 / sinceSeconds;
    this.runRate = runs / sinceSeconds;
  }
}

/** How much of what earlier windows measured is still in the recent time per run when the next window ends. */
const KEPT = 0.5;

/**
 * The cost of a program that the kernel measures in short windows only: measuring costs some 49 ns per run.
 *
 * A program that counts its own runs has exact runs; each is charged with the recent time per run. The seconds are unknown while
 * it has runs and no window has measured any. For another program the runs are unknown, and the rate of a window stands for the
 * whole time since the window before, which is right on average if windows come at random moments.
 */
export class SampledCost implements RunCost {
  #runs: number | undefined;
  #charged = 0;
  #seconds = 0;
  #secondsAtWindow = 0;
  #recent: RunCounts = { runs: 0, nanoseconds: 0 };
  #windowShare: number | undefined;
  #estimatedRuns = 0;
  #runsAtWindow = 0;
  #runRate: number | undefined;

  /** @param runs all runs since the program was attached, by its own counter */
  count(runs: number): void {
    this.#runs = runs;
    this.#charge();
  }

  /**
   * Adds a window. Programs that count their runs have been counted at its end.
   * @param measured runs within the window
   * @param windowSeconds length of the window
   * @param sinceSeconds time from the end of the previous window to the end of this one
   */
  addWindow(measured: RunCounts, windowSeconds: number, sinceSeconds: number): void {
    const share = measured.nanoseconds / 1e9 / windowSeconds;
    this.#recent = {
      runs: this.#recent.runs * KEPT + measured.runs,
      nanoseconds: this.#recent.nanoseconds * KEPT + measured.nanoseconds,
    };
    if (this.#runs === undefined) this.#seconds += share * sinceSeconds;
    else this.#charge();
    // Exact runs tell more than the few of one window, once their time is known.
    this.#windowShare = this.seconds === undefined ? share : (this.#seconds - this.#secondsAtWindow) / sinceSeconds;
    this.#secondsAtWindow = this.#seconds;
    if (this.#runs === undefined) this.#estimatedRuns += (measured.runs / windowSeconds) * sinceSeconds;
    else this.#estimatedRuns = this.#runs;
    this.#runRate = (this.#estimatedRuns - this.#runsAtWindow) / sinceSeconds;
    this.#runsAtWindow = this.#estimatedRuns;
  }

  get runs(): number | undefined {
    return this.#runs;
  }

  get estimatedRuns(): number | undefined {
    return this.#runs ?? (this.#runRate === undefined ? undefined : this.#estimatedRuns);
  }

  get seconds(): number | undefined {
    const isKnown = this.#runs === undefined ? this.#windowShare !== undefined : this.#charged === this.#runs;
    return isKnown ? this.#seconds : undefined;
  }

  get nanosecondsPerRun(): number | undefined {
    const { runs, nanoseconds } = this.#recent;
    return runs > 0 ? nanoseconds / runs : undefined;
  }

  get cpuShare(): number | undefined {
    return this.#windowShare ?? (this.#runs === 0 ? 0 : undefined);
  }

  get runRate(): number | undefined {
    return this.#runRate ?? (this.#runs === 0 ? 0 : undefined);
  }

  #charge(): void {
    const each = this.nanosecondsPerRun;
    if (this.#runs === undefined || each === undefined) return;
    this.#seconds += ((this.#runs - this.#charged) * each) / 1e9;
    this.#charged = this.#runs;
  }
}
