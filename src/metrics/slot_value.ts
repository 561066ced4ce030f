import type { SlotField } from '../decode/metric_value.js';
import type { BucketBounds } from './bucket_bounds.js';
import type { Companion, CompanionReader } from './companion_reader.js';
import { type Entries, viewOf } from './entries.js';
import type { EntryValue } from './entry_value.js';
import { grown } from './growth.js';
import { companionReader, countReader } from './histogram_reader.js';
import { type EntryShape, type NumberReader, numberReader, single } from './number_reader.js';
import type { RowReader } from './row_reader.js';
import type { SeriesCounts } from './series_counts.js';

/** The value of a histogram whose buckets are entries of the map: the slot number is a field of the key. */
export class SlotValue implements EntryValue {
  readonly rowWidth: number;
  readonly seriesWidth: number;
  readonly #bounds: BucketBounds;
  readonly #sumPlace: number;
  readonly #readSlot: NumberReader;
  readonly #sumSlot: number | undefined;
  readonly #reader: RowReader;
  readonly #companion: CompanionReader | undefined;
  readonly #numbers: Float64Array;
  #placeOfRow = new Uint16Array(0);

  constructor(value: SlotField, bounds: BucketBounds, shape: EntryShape, companion: Companion | undefined) {
    this.rowWidth = value.sum ? 2 : 1;
    this.seriesWidth = bounds.upper.length + (value.sum || value.sumSlot !== undefined ? 2 : 1);
    this.#sumSlot = value.sumSlot;
    this.#sumPlace = bounds.upper.length + 1;
    this.#bounds = bounds;
    this.#readSlot = numberReader(value.slot, single);
    this.#reader = countReader(value, 0, 1, shape);
    this.#companion = companionReader(companion, bounds);
    this.#numbers = new Float64Array(this.rowWidth);
  }

  placeRow(row: number, key: Uint8Array): void {
    if (row >= this.#placeOfRow.length) this.#placeOfRow = grown(this.#placeOfRow, row + 1);
    this.#reader.restart(row);
    const slot = this.#readSlot(viewOf(key), 0);
    this.#placeOfRow[row] = slot === this.#sumSlot ? this.#sumPlace : this.#bounds.bucketOf(slot);
  }

  placeOf(row: number, index: number): number {
    return index === 0 ? this.#placeOfRow[row]! : this.#sumPlace;
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
