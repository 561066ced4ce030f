import type { HistogramField } from '../decode/histogram_field.js';
import type { BucketBounds } from './bucket_bounds.js';
import type { Companion, CompanionReader } from './companion_reader.js';
import type { Entries } from './entries.js';
import type { EntryValue } from './entry_value.js';
import { companionReader, histogramReader } from './histogram_reader.js';
import type { EntryShape } from './number_reader.js';
import type { RowReader } from './row_reader.js';
import type { SeriesCounts } from './series_counts.js';

/** The value of a histogram that is one struct per entry. */
export class HistogramValue implements EntryValue {
  readonly rowWidth: number;
  readonly seriesWidth: number;
  readonly #reader: RowReader;
  readonly #companion: CompanionReader | undefined;
  readonly #numbers: Float64Array;

  constructor(field: HistogramField, bounds: BucketBounds, shape: EntryShape, companion: Companion | undefined) {
    this.seriesWidth = bounds.upper.length + (field.sum ? 2 : 1);
    this.rowWidth = this.seriesWidth;
    this.#reader = histogramReader(field, bounds, shape);
    this.#companion = companionReader(companion, bounds);
    this.#numbers = new Float64Array(this.rowWidth);
  }

  placeRow(row: number): void {
    this.#reader.restart(row);
  }

  placeOf(_row: number, index: number): number {
    return index;
  }

  take(row: number, view: DataView, at: number, numbers: Float64Array): void {
    this.#reader.read(row, view, at, numbers);
    this.#reader.restart(row);
  }

  readCompanion(view: DataView, numbers: Float64Array): void {
    this.#companion?.read(view, numbers);
  }

  sum({ view, rows, stride }: Entries, from: number, to: number, seriesOfRow: Int32Array, counts: SeriesCounts): void {
    for (let index = from; index < to; index++) {
      const row = rows[index]!;
      const series = seriesOfRow[row]!;
      if (series < 0) continue;
      this.#reader.read(row, view, index * stride, this.#numbers);
      counts.addNumbers(row, series, this.#numbers);
    }
  }
}
