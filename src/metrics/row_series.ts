import type { LabelSetDecoder } from '../decode/label_set.js';
import { grown } from './growth.js';
import type { SeriesLimit } from './series_limit.js';
import { seriesText } from './series_text.js';

/** The row has no entry, or its labels were not decoded yet. */
export const unbound = -1;
/** The row's entry has no series: a regex drops it, or its labels cannot be decoded. */
export const leftOut = -2;

/** Knows which series each row of the map belongs to, and which series have lost their last row. */
export class RowSeries {
  /** By row: a series, `unbound` or `leftOut`. Replaced when it grows. */
  seriesOfRow = new Int32Array(0);
  /** Series that have lost their last row. */
  readonly orphans = new Set<number>();
  #name: string;
  readonly #labels: LabelSetDecoder;
  readonly #limit: SeriesLimit;
  #rowsOfSeries = new Int32Array(0);
  #decodeErrors = 0;

  /** @param name of the metric, with which the text of every series begins */
  constructor(name: string, labels: LabelSetDecoder, limit: SeriesLimit) {
    this.#name = name;
    this.#labels = labels;
    this.#limit = limit;
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

  /** The series of a row, `unbound` or `leftOut`. */
  of(row: number): number {
    return this.seriesOfRow[row] ?? unbound;
  }

  /** Decodes the labels of an entry: its series, or `leftOut`. A row that stays undecodable is counted once. */
  resolve(row: number, key: Uint8Array, value: Uint8Array | undefined): number {
    const before = this.of(row);
    let values: readonly string[] | undefined;
    try {
      values = this.#labels.decode(key, value);
    } catch {
      if (before !== leftOut) this.#decodeErrors++;
      return leftOut;
    }
    if (values === undefined) return leftOut;
    return this.#limit.seriesOf(seriesText(this.#name, this.#labels.names, values), before);
  }

  /** Moves a row to a series, to `unbound` or to `leftOut`. */
  assign(row: number, series: number): void {
    const before = this.of(row);
    this.seriesOfRow[row] = series;
    if (before >= 0) {
      this.#rowsOfSeries[before]! -= 1;
      if (!this.hasRows(before)) this.orphans.add(before);
    }
    if (series >= 0) this.adopt(series);
  }

  /** Counts one more row of a series: also the entry of the overflow companion, which no row stands for. */
  adopt(series: number): void {
    if (series >= this.#rowsOfSeries.length) this.#rowsOfSeries = grown(this.#rowsOfSeries, series + 1);
    this.#rowsOfSeries[series]! += 1;
  }

  hasRows(series: number): boolean {
    return this.#rowsOfSeries[series]! > 0;
  }
}
