import type { SeriesTable } from './series_table.js';

/**
 * Knows whether a metric has a place for another series. The series `other`, where all but the constant labels have the
 * value `other`, does not count against the limit.
 */
export class SeriesLimit {
  /** How many series the metric may have besides `other`. */
  capacity: number;
  /** How many times the growth of a row was counted in `other` because of the limit. */
  dropped = 0;
  readonly #series: SeriesTable;
  #otherText: string;
  #other: number | undefined;

  /** @param otherText the text of the series `other` */
  constructor(series: SeriesTable, capacity: number, otherText: string) {
    this.#series = series;
    this.capacity = capacity;
    this.#otherText = otherText;
  }

  /**
   * Changes the capacity. Series over a smaller one stay until they end or others take their place.
   * @param otherText the text that the series `other` has in the table by now
   */
  configure(capacity: number, otherText: string): void {
    this.capacity = capacity;
    this.#otherText = otherText;
  }

  /** Places left; below 0 never. */
  get free(): number {
    return Math.max(this.capacity - this.size, 0);
  }

  /** Series besides `other`. */
  get size(): number {
    return this.#series.size - (this.#other === undefined ? 0 : 1);
  }

  /** The series of a text: the one it has, or a new one; undefined if it is new and there is no place. */
  seriesOf(text: string): number | undefined {
    const known = this.#series.find(text);
    if (known !== undefined) return known;
    if (text === this.#otherText) return this.other();
    return this.free > 0 ? this.#series.add(text) : undefined;
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
