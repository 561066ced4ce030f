import type { LabelSetDecoder } from '../decode/label_set.js';
import { grown } from './growth.js';
import { seriesText } from './series_text.js';

/** The row has no entry. */
export const unbound = -1;
/** The row's entry has no series: a regex drops it, or its labels cannot be decoded. */
export const leftOut = -2;
/** The row has no series of its own until it changes: it is new, or its series vanished at the limit. Never shown. */
export const hidden = 0;

/** Knows which series each row of the map belongs to, and which series have lost their last row. */
export class RowSeries {
  /** By row: a series, `hidden`, `unbound` or `leftOut`. Replaced when it grows. */
  seriesOfRow = new Int32Array(0);
  /** Series that have lost their last row. */
  readonly orphans = new Set<number>();
  /** How many rows are `hidden`. */
  hiddenRows = 0;
  #name: string;
  readonly #labels: LabelSetDecoder;
  #rowsOfSeries = new Int32Array(1);
  #decodeErrors = 0;

  /** @param name of the metric, with which the text of every series begins */
  constructor(name: string, labels: LabelSetDecoder) {
    this.#name = name;
    this.#labels = labels;
  }

  /** How many times the labels of a row could not be decoded. */
  get decodeErrors(): number {
    return this.#decodeErrors;
  }

  /** @param name of the metric, with which the texts of the table begin from now on */
  rename(name: string): void {
    this.#name = name;
  }

  /** Prepares for rows below `limit`. */
  reserve(limit: number): void {
    const before = this.seriesOfRow.length;
    if (limit > before) this.seriesOfRow = grown(this.seriesOfRow, limit).fill(unbound, before);
  }

  /** The series of a row, `hidden`, `unbound` or `leftOut`. */
  of(row: number): number {
    return this.seriesOfRow[row] ?? unbound;
  }

  /** The text of an entry's series, or undefined if the entry is left out. A row that stays undecodable is counted once. */
  textOf(row: number, key: Uint8Array, value: Uint8Array | undefined): string | undefined {
    try {
      const values = this.#labels.decode(key, value);
      return values && seriesText(this.#name, this.#labels.names, values);
    } catch {
      if (this.of(row) !== leftOut) this.#decodeErrors++;
      return undefined;
    }
  }

  /** Moves a row to a series, to `hidden`, `unbound` or `leftOut`. */
  assign(row: number, series: number): void {
    const before = this.of(row);
    this.seriesOfRow[row] = series;
    if (before === hidden) this.hiddenRows--;
    if (series === hidden) this.hiddenRows++;
    if (before > hidden) {
      this.#rowsOfSeries[before]! -= 1;
      if (!this.hasRows(before)) this.orphans.add(before);
    }
    if (series > hidden) this.adopt(series);
  }

  /** Counts one more row of a series: also the entry of the overflow companion, which no row stands for. */
  adopt(series: number): void {
    if (series >= this.#rowsOfSeries.length) this.#rowsOfSeries = grown(this.#rowsOfSeries, series + 1);
    this.#rowsOfSeries[series]! += 1;
  }

  hasRows(series: number): boolean {
    return this.#rowsOfSeries[series]! > 0;
  }

  /** Hides the rows of series that end. */
  hide(series: ReadonlySet<number>): void {
    for (let row = 0; row < this.seriesOfRow.length; row++) {
      if (series.has(this.seriesOfRow[row]!)) this.assign(row, hidden);
    }
    for (const ended of series) this.orphans.delete(ended);
  }
}
