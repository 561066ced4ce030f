import type { SeriesTable } from './series_table.js';

/**
 * Decides what happens at a metric's limit: its new label sets are summed into the series `other`, where all but the
 * constant labels have the value `other`. That series does not count against the limit.
 */
export class SeriesLimit {
  readonly #series: SeriesTable;
  #limit: number;
  #otherText: string;
  #other: number | undefined;
  #dropped = 0;

  /** @param otherText the text of the series `other` */
  constructor(series: SeriesTable, limit: number, otherText: string) {
    this.#series = series;
    this.#limit = limit;
    this.#otherText = otherText;
  }

  /**
   * Changes the limit for new label sets. Series over a lower limit stay until they end.
   * @param otherText the text that the series `other` has in the table by now
   */
  configure(limit: number, otherText: string): void {
    this.#limit = limit;
    this.#otherText = otherText;
  }

  /** How many times a row went to `other` because of the limit. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * The series of a text: the one it has, a new one, or `other`.
   * @param before the series that the row has now: a row that stays in `other` is counted once
   */
  seriesOf(text: string, before: number): number {
    const known = this.#series.find(text);
    if (known !== undefined) return known;
    if (text === this.#otherText) return this.other();
    const others = this.#other === undefined ? 0 : 1;
    if (this.#series.size - others < this.#limit) return this.#series.add(text);
    if (before !== this.#other) this.#dropped++;
    return this.other();
  }

  /** The series `other`, added if necessary. */
  other(): number {
    this.#other ??= this.#series.find(this.#otherText) ?? this.#series.add(this.#otherText);
    return this.#other;
  }

  isOther(series: number): boolean {
    return series === this.#other;
  }

  remove(series: number): void {
    this.#series.remove(series);
    if (series === this.#other) this.#other = undefined;
  }
}
