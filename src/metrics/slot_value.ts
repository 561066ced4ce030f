import type { MetricValue } from '../decode/metric_value.js';
import type { BucketBounds } from './bucket_bounds.js';
import { type Entries, viewOf } from './entries.js';
import type { EntryValue } from './entry_value.js';
import { grown } from './growth.js';
import { type Companion, companionReader, type HistogramReader } from './histogram_reader.js';
import { type EntryShape, type NumberReader, numberReader, single } from './number_reader.js';
import type { SeriesCounts } from './series_counts.js';

/** The value of a histogram whose buckets are entries of the map: the slot number is a field of the key. */
export class SlotValue implements EntryValue {
  readonly rowWidth: number;
  readonly seriesWidth: number;
  readonly #bounds: BucketBounds;
  readonly #readSlot: NumberReader;
  readonly #readCount: NumberReader;
  readonly #readSum: NumberReader | undefined;
  readonly #readCompanion: HistogramReader | undefined;
  readonly #numbers: Float64Array;
  #bucketOfRow = new Uint16Array(0);

  constructor(
    { slot, count, sum }: MetricValue & { readonly kind: 'slot' },
    bounds: BucketBounds,
    shape: EntryShape,
    companion: Companion | undefined,
  ) {
    this.rowWidth = sum ? 2 : 1;
    this.seriesWidth = bounds.upper.length + this.rowWidth;
    this.#bounds = bounds;
    this.#readSlot = numberReader(slot, single);
    this.#readCount = numberReader(count, shape);
    this.#readSum = sum && numberReader(sum, shape);
    this.#readCompanion = companionReader(companion, bounds);
    this.#numbers = new Float64Array(this.rowWidth);
  }

  placeRow(row: number, key: Uint8Array): void {
    if (row >= this.#bucketOfRow.length) this.#bucketOfRow = grown(this.#bucketOfRow, row + 1);
    this.#bucketOfRow[row] = this.#bounds.bucketOf(this.#readSlot(viewOf(key), 0));
  }

  placeOf(row: number, index: number): number {
    return index === 0 ? this.#bucketOfRow[row]! : this.#bounds.upper.length + 1;
  }

  read(view: DataView, at: number, numbers: Float64Array): void {
    numbers[0] = this.#readCount(view, at);
    if (this.#readSum) numbers[1] = this.#readSum(view, at);
  }

  readCompanion(view: DataView, numbers: Float64Array): void {
    this.#readCompanion?.(view, 0, numbers);
  }

  sum({ view, rows, stride }: Entries, from: number, to: number, seriesOfRow: Int32Array, counts: SeriesCounts): void {
    for (let index = from; index < to; index++) {
      const row = rows[index]!;
      const series = seriesOfRow[row]!;
      if (series < 0) continue;
      this.read(view, index * stride, this.#numbers);
      counts.addNumbers(row, series, this.#numbers);
    }
  }
}
