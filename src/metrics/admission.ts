import { hidden, leftOut, type RowSeries } from './row_series.js';
import type { SeriesCounts } from './series_counts.js';
import type { SeriesLimit } from './series_limit.js';
import type { SeriesTable } from './series_table.js';
import { smallest } from './smallest.js';

/** Between two looks at the clock: decoding the labels of a row takes some microseconds. */
const rowsPerLook = 64;
/** The part of a metric's series that newcomers may replace although they changed in the same update. */
const newcomersPart = 4;

export interface AdmissionParts {
  readonly series: SeriesTable;
  readonly limit: SeriesLimit;
  readonly rows: RowSeries;
  readonly counts: SeriesCounts;
  /** Gauges: no series vanishes before its entries do, because `other` would have to take over its value. */
  readonly keepsSeries: boolean;
}

/** Reads the key, or the value if labels come from it, of a row. */
export type BytesOf = (row: number) => Uint8Array;

/**
 * Gives series to rows that wait for one. At the limit, the series that have not changed for longest vanish. If all have
 * changed in this update, the latest newcomers vanish, but at most a quarter: the longest known series stay. Rows that
 * find no place are counted in `other`.
 *
 * A label set never vanishes and returns in one update. A scraper sees the gap, so it knows that the count starts anew.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  #next = 0;
  /** The waiting rows without a place, by the text of their series. */
  readonly #queue = new Map<string, number[]>();

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Begins an update. */
  begin(): void {
    this.#next = 0;
    this.#queue.clear();
  }

  /**
   * Admits all waiting rows.
   * @param isDue says when to return early and give others a turn
   * @returns whether all are done; if not, call again
   */
  run(readKey: BytesOf, readValue: BytesOf | undefined, isDue: () => boolean): boolean {
    const { rows, limit, counts } = this.#parts;
    const { waiting } = counts;
    while (this.#next < waiting.count) {
      const index = this.#next++;
      const row = waiting.rowOf(index);
      const text = rows.textOf(row, readKey(row), readValue?.(row));
      if (text === undefined) this.#leaveOut(row);
      else {
        const series = limit.seriesOf(text);
        if (series !== undefined) this.#admit(index, series);
        else this.#enqueue(text, index);
      }
      if (this.#next % rowsPerLook === 0 && isDue()) return false;
    }
    if (this.#queue.size > 0) this.#replaceSeries();
    return true;
  }

  /** How many series can be added although none ends that changed within `milliseconds`, but at least the newcomers' part. */
  places(milliseconds: number): number {
    const { series, limit, counts } = this.#parts;
    let recent = 0;
    for (let number = hidden + 1; number < series.limit; number++) {
      if (series.lengths[number]! > 0 && counts.idleTime(number) < milliseconds) recent++;
    }
    return Math.max(limit.capacity - recent, this.#newcomers);
  }

  /** How many series newcomers may replace although they changed in the same update. */
  get #newcomers(): number {
    return Math.floor(this.#parts.limit.capacity / newcomersPart);
  }

  #enqueue(text: string, index: number): void {
    const same = this.#queue.get(text);
    if (same) same.push(index);
    else this.#queue.set(text, [index]);
  }

  #admit(index: number, series: number): void {
    const { rows, counts } = this.#parts;
    const row = counts.waiting.rowOf(index);
    counts.admit(row, series, counts.waiting.numbersOf(index));
    rows.assign(row, series);
  }

  #leaveOut(row: number): void {
    const { rows, counts } = this.#parts;
    counts.release(row, leftOut);
    rows.assign(row, leftOut);
  }

  /** New label sets come first: each user has a share of these, and none of the others. */
  #replaceSeries(): void {
    const { limit, counts } = this.#parts;
    const isNew = ([, indexes]: [string, number[]]) =>
      indexes.some((index) => counts.isNew(counts.waiting.rowOf(index)));
    const queue = [...this.#queue];
    const inOrder = [...queue.filter(isNew), ...queue.filter((item) => !isNew(item))];
    this.#makeRoom(inOrder.length);
    for (const [text, indexes] of inOrder) {
      const series = limit.seriesOf(text);
      for (const index of indexes) {
        if (series !== undefined) this.#admit(index, series);
        else this.#passToOther(index);
      }
    }
    this.#queue.clear();
  }

  #passToOther(index: number): void {
    const { rows, counts, limit, keepsSeries } = this.#parts;
    const row = counts.waiting.rowOf(index);
    if (keepsSeries) {
      limit.dropped++;
      counts.admit(row, limit.other(), counts.waiting.numbersOf(index));
      rows.assign(row, limit.other());
    } else if (counts.pass(row, () => limit.other(), counts.waiting.numbersOf(index))) {
      limit.dropped++;
    }
  }

  /** Ends up to `wanted` series. */
  #makeRoom(wanted: number): void {
    const { series, limit, rows, counts, keepsSeries } = this.#parts;
    if (keepsSeries || !counts.knowsShown) return;
    const idle: number[] = [];
    const active: number[] = [];
    for (let number = hidden + 1; number < series.limit; number++) {
      if (series.lengths[number] === 0 || limit.isOther(number)) continue;
      if (counts.idleTime(number) > 0) idle.push(number);
      else if (counts.age(number) > 0) active.push(number);
    }
    const longest = smallest(idle, wanted, (number) => -counts.idleTime(number));
    const most = Math.min(wanted - longest.length, this.#newcomers);
    const latest = smallest(active, most, (number) => counts.age(number));
    const ending = new Set([...longest, ...latest]);
    rows.hide(ending);
    for (const number of ending) {
      counts.vanish(number, () => limit.other());
      limit.remove(number);
    }
  }
}
