import { grown } from './growth.js';

/** How many numbers a row and a series have, and where a row's numbers are summed in its series. */
export interface Placement {
  readonly rowWidth: number;
  readonly seriesWidth: number;
  placeOf(row: number, index: number): number;
}

/**
 * Knows what each series has counted: the value of a series is its base plus the last numbers of its rows.
 *
 * When an entry vanishes, restarts or changes its series, the base takes over what the row had counted, so the value of
 * a counter never goes down. A gauge has no base: its value is the sum of its rows.
 */
export class SeriesCounts {
  /** By series. Replaced when it grows. */
  values = new Float64Array(0);
  readonly #placement: Placement;
  readonly #keepsCounts: boolean;
  #base = new Float64Array(0);
  /** By row, the numbers that are part of the series' value beyond its base. */
  #last = new Float64Array(0);
  /** By series, milliseconds. */
  #changedAt = new Float64Array(0);
  #companionLast: Float64Array | undefined;
  #now = 0;

  /** @param keepsCounts false for gauges */
  constructor(placement: Placement, keepsCounts: boolean) {
    this.#placement = placement;
    this.#keepsCounts = keepsCounts;
  }

  /** Prepares for rows below `limit`, in a scrape at `now` milliseconds. */
  reserveRows(limit: number, now: number): void {
    this.#now = now;
    const length = limit * this.#placement.rowWidth;
    if (length > this.#last.length) this.#last = grown(this.#last, length);
  }

  /** Starts the idle time of a series, which may be new. */
  touch(series: number): void {
    if (series >= this.#changedAt.length) {
      this.#changedAt = grown(this.#changedAt, series + 1);
      this.#base = grown(this.#base, this.#changedAt.length * this.#placement.seriesWidth);
      this.values = grown(this.values, this.#base.length);
    }
    this.#changedAt[series] = this.#now;
  }

  /** Whether a series has not changed for `milliseconds`. */
  isIdle(series: number, milliseconds: number): boolean {
    return this.#now - this.#changedAt[series]! >= milliseconds;
  }

  /** Sets every series to its base. The numbers of all rows are then added with `addNumber` or `addNumbers`. */
  startSums(): void {
    this.values.set(this.#base);
  }

  /** `addNumbers` for rows of one number. */
  addNumber(row: number, series: number, number: number): void {
    const before = this.#last[row]!;
    if (number !== before) {
      if (number < before) this.#transfer(row, series, 1);
      this.#last[row] = number;
      this.#changedAt[series] = this.#now;
    }
    this.values[series]! += number;
  }

  /** Adds the numbers of a row to its series. If one of them went down, the entry restarted: the series keeps both. */
  addNumbers(row: number, series: number, numbers: Float64Array): void {
    this.#replaceLast(row, series, numbers);
    this.#addTo(this.values, row, series, numbers, 0, 1);
  }

  /** Adds the numbers of the overflow companion, which has the width of a series and no row. */
  addCompanion(series: number, numbers: Float64Array): void {
    this.#companionLast ??= new Float64Array(numbers.length);
    const last = this.#companionLast;
    const restarted = this.#keepsCounts && numbers.some((number, index) => number < last[index]!);
    const offset = series * numbers.length;
    for (let index = 0; index < numbers.length; index++) {
      if (restarted) {
        this.#base[offset + index]! += last[index]!;
        this.values[offset + index]! += last[index]!;
      }
      this.values[offset + index]! += numbers[index]!;
    }
    last.set(numbers);
  }

  /** Moves a row to another series: what it has counted so far stays with the series it had. A series below 0 is none. */
  move(row: number, from: number, to: number): void {
    if (from >= 0) this.#transfer(row, from, 1);
    if (to < 0) return;
    this.touch(to);
    this.#transfer(row, to, -1);
  }

  /** Ends a row whose entry is gone. A series below 0 is none. */
  release(row: number, series: number): void {
    if (series >= 0) this.#transfer(row, series, 1);
    this.#clearLast(row);
  }

  /** Keeps the last numbers of an entry that was removed from the map after the sums. If its key returns, it counts from 0. */
  settle(row: number, series: number, numbers: Float64Array): void {
    if (!this.#keepsCounts) return;
    this.#addTo(this.values, row, series, this.#last, row * this.#placement.rowWidth, -1);
    this.#replaceLast(row, series, numbers);
    this.#transfer(row, series, 1);
    this.#clearLast(row);
  }

  /** Ends a series. */
  clear(series: number): void {
    const { seriesWidth } = this.#placement;
    this.#base.fill(0, series * seriesWidth, (series + 1) * seriesWidth);
    this.values.fill(0, series * seriesWidth, (series + 1) * seriesWidth);
  }

  #replaceLast(row: number, series: number, numbers: Float64Array): void {
    const offset = row * this.#placement.rowWidth;
    const last = this.#last;
    let changed = false;
    let restarted = false;
    for (let index = 0; index < numbers.length; index++) {
      const before = last[offset + index]!;
      if (numbers[index] === before) continue;
      changed = true;
      if (numbers[index]! < before) restarted = true;
    }
    if (!changed) return;
    if (restarted) this.#transfer(row, series, 1);
    last.set(numbers, offset);
    this.#changedAt[series] = this.#now;
  }

  /** Adds the last numbers of a row to the base of a series, or subtracts them. */
  #transfer(row: number, series: number, sign: 1 | -1): void {
    if (!this.#keepsCounts) return;
    const offset = row * this.#placement.rowWidth;
    this.#addTo(this.#base, row, series, this.#last, offset, sign);
    this.#addTo(this.values, row, series, this.#last, offset, sign);
  }

  #addTo(sums: Float64Array, row: number, series: number, numbers: Float64Array, offset: number, sign: 1 | -1): void {
    const { rowWidth, seriesWidth } = this.#placement;
    const start = series * seriesWidth;
    for (let index = 0; index < rowWidth; index++) {
      sums[start + this.#placement.placeOf(row, index)]! += sign * numbers[offset + index]!;
    }
  }

  #clearLast(row: number): void {
    const { rowWidth } = this.#placement;
    this.#last.fill(0, row * rowWidth, (row + 1) * rowWidth);
  }
}
