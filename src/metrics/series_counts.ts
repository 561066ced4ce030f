import { grown } from './growth.js';
import type { RowActivity } from './row_activity.js';
import { hidden } from './row_series.js';
import { WaitingRows } from './waiting_rows.js';

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
 * a counter never goes down. A gauge has no base: its value is the sum of its rows. A hidden row is part of no value: its
 * last numbers are what earlier updates showed of it, and it waits for a series when they change.
 */
export class SeriesCounts {
  /** By series. Replaced when it grows. */
  values = new Float64Array(0);
  /** The hidden rows whose numbers changed in this update. */
  readonly waiting: WaitingRows;
  readonly #placement: Placement;
  readonly #keepsCounts: boolean;
  readonly #activity: RowActivity;
  #base = new Float64Array(0);
  /** By row, the numbers that were shown of it. NaN: the row is new. */
  #last = new Float64Array(0);
  /** By series, milliseconds. */
  #changedAt = new Float64Array(0);
  /** By series, milliseconds; NaN if there is no such series. */
  #startedAt = new Float64Array(0);
  #companionLast: Float64Array | undefined;
  #shown: Float64Array | undefined;
  #now = 0;

  /**
   * @param keepsCounts false for gauges
   * @param activity is told when a row changes
   */
  constructor(placement: Placement, keepsCounts: boolean, activity: RowActivity) {
    this.#placement = placement;
    this.#keepsCounts = keepsCounts;
    this.#activity = activity;
    this.waiting = new WaitingRows(placement.rowWidth);
    this.touch(hidden);
  }

  /** Prepares for rows below `limit`, in a scrape at `now` milliseconds. */
  reserveRows(limit: number, now: number): void {
    this.#now = now;
    this.waiting.clear();
    const length = limit * this.#placement.rowWidth;
    if (length > this.#last.length) this.#last = grown(this.#last, length);
  }

  /** Starts the idle time of a series, which may be new. */
  touch(series: number): void {
    if (series >= this.#changedAt.length) {
      const before = this.#changedAt.length;
      this.#changedAt = grown(this.#changedAt, series + 1);
      this.#startedAt = grown(this.#startedAt, this.#changedAt.length).fill(Number.NaN, before);
      this.#base = grown(this.#base, this.#changedAt.length * this.#placement.seriesWidth);
      this.values = grown(this.values, this.#base.length);
    }
    this.#changedAt[series] = this.#now;
    if (Number.isNaN(this.#startedAt[series]!)) this.#startedAt[series] = this.#now;
  }

  /** How long ago a series began, in milliseconds. */
  age(series: number): number {
    return this.#now - this.#startedAt[series]!;
  }

  /** How long a series has not changed, in milliseconds. */
  idleTime(series: number): number {
    return this.#now - this.#changedAt[series]!;
  }

  /** Whether to remember what was shown of each series: `vanish` needs it. Call it at the start of an update. */
  keepShown(keep: boolean): void {
    this.#shown = keep ? this.values.slice() : undefined;
  }

  /** Sets every series to its base. The numbers of all rows are then added with `addNumber` or `addNumbers`. */
  startSums(): void {
    this.values.set(this.#base);
  }

  /** `addNumbers` for rows of one number. */
  addNumber(row: number, series: number, number: number): void {
    const before = this.#last[row]!;
    if (number !== before) {
      this.#activity.changedAt[row] = this.#now;
      if (series === hidden) {
        this.waiting.addNumber(row, number);
        return;
      }
      if (number < before) this.#transfer(row, series, 1);
      this.#last[row] = number;
      this.#changedAt[series] = this.#now;
    }
    this.values[series]! += number;
  }

  /** Adds the numbers of a row to its series. If one of them went down, the entry restarted: the series keeps both. */
  addNumbers(row: number, series: number, numbers: Float64Array): void {
    if (series !== hidden) {
      this.#replaceLast(row, series, numbers);
      this.#addTo(this.values, row, series, numbers, 0, 1);
    } else if (this.#compare(row, numbers) !== 'same') {
      this.#activity.changedAt[row] = this.#now;
      this.waiting.addNumbers(row, numbers);
    }
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

  /** Begins a row, hidden. It waits for a series at the next sum, whatever its numbers. */
  begin(row: number): void {
    this.#fillLast(row, Number.NaN);
  }

  /** Whether nothing was shown of a row yet. */
  isNew(row: number): boolean {
    return Number.isNaN(this.#last[row * this.#placement.rowWidth]!);
  }

  /** Gives a waiting row to a series, which counts only what was not shown of the row. */
  admit(row: number, series: number, numbers: Float64Array): void {
    this.touch(series);
    if (this.isNew(row) || this.#compare(row, numbers) === 'restarted') this.#fillLast(row, 0);
    this.#transfer(row, series, -1);
    this.#last.set(numbers, row * this.#placement.rowWidth);
    this.#addTo(this.values, row, series, numbers, 0, 1);
  }

  /** Counts in the series `other` what was not shown of a hidden row. @returns whether there was anything */
  pass(row: number, other: () => number, numbers: Float64Array): boolean {
    const { rowWidth, seriesWidth } = this.#placement;
    if (this.isNew(row) || this.#compare(row, numbers) === 'restarted') this.#fillLast(row, 0);
    if (this.#compare(row, numbers) === 'same') return false;
    const target = other();
    this.touch(target);
    for (let index = 0; index < rowWidth; index++) {
      const place = target * seriesWidth + this.#placement.placeOf(row, index);
      this.#count(place, numbers[index]! - this.#last[row * rowWidth + index]!);
    }
    this.#last.set(numbers, row * rowWidth);
    return true;
  }

  /** Moves a row to another series: what it has counted so far stays with the series it had. A series below 0 is none. */
  move(row: number, from: number, to: number): void {
    if (from > hidden) this.#transfer(row, from, 1);
    if (to <= hidden) return;
    if (this.isNew(row)) this.#fillLast(row, 0);
    this.touch(to);
    this.#transfer(row, to, -1);
  }

  /** Ends a row whose entry is gone. A series below 0 is none. */
  release(row: number, series: number): void {
    if (series > hidden) this.#transfer(row, series, 1);
    this.#fillLast(row, 0);
  }

  /** Keeps the last numbers of an entry that was removed from the map after the sums. If its key returns, it counts from 0. */
  settle(row: number, series: number, numbers: Float64Array): void {
    if (!this.#keepsCounts) return;
    this.#addTo(this.values, row, series, this.#last, row * this.#placement.rowWidth, -1);
    this.#replaceLast(row, series, numbers);
    this.#transfer(row, series, 1);
    this.#fillLast(row, 0);
  }

  /** Whether `vanish` can be called in this update. */
  get knowsShown(): boolean {
    return this.#shown !== undefined;
  }

  /** Ends a series at the limit. The series `other` counts what was not shown of it: nothing, unless it changed in this update. */
  vanish(series: number, other: () => number): void {
    const { seriesWidth } = this.#placement;
    for (let index = 0; index < seriesWidth; index++) {
      const place = series * seriesWidth + index;
      const growth = this.values[place]! - (this.#shown?.[place] ?? 0);
      if (growth === 0) continue;
      const target = other();
      this.touch(target);
      this.#count(target * seriesWidth + index, growth);
    }
    this.clear(series);
  }

  /** Ends a series. */
  clear(series: number): void {
    const { seriesWidth } = this.#placement;
    this.#base.fill(0, series * seriesWidth, (series + 1) * seriesWidth);
    this.values.fill(0, series * seriesWidth, (series + 1) * seriesWidth);
    this.#startedAt[series] = Number.NaN;
  }

  #count(place: number, growth: number): void {
    this.#base[place]! += growth;
    this.values[place]! += growth;
  }

  #replaceLast(row: number, series: number, numbers: Float64Array): void {
    const change = this.#compare(row, numbers);
    if (change === 'same') return;
    if (change === 'restarted') this.#transfer(row, series, 1);
    this.#last.set(numbers, row * this.#placement.rowWidth);
    this.#changedAt[series] = this.#now;
    this.#activity.changedAt[row] = this.#now;
  }

  /** A new row has grown. */
  #compare(row: number, numbers: Float64Array): 'same' | 'grew' | 'restarted' {
    const offset = row * this.#placement.rowWidth;
    const last = this.#last;
    let changed = false;
    for (let index = 0; index < numbers.length; index++) {
      const before = last[offset + index]!;
      if (numbers[index] === before) continue;
      if (numbers[index]! < before) return 'restarted';
      changed = true;
    }
    return changed ? 'grew' : 'same';
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

  #fillLast(row: number, number: number): void {
    const { rowWidth } = this.#placement;
    this.#last.fill(number, row * rowWidth, (row + 1) * rowWidth);
  }
}
