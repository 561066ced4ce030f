import type { NumberField } from '../decode/number_field.js';
import type { Entries } from './entries.js';
import type { EntryValue } from './entry_value.js';
import type { Companion } from './histogram_reader.js';
import { type EntryShape, type NumberReader, numberReader } from './number_reader.js';
import type { SeriesCounts } from './series_counts.js';

/** The value of a counter or a gauge: one number per entry. */
export class ScalarValue implements EntryValue {
  readonly rowWidth = 1;
  readonly seriesWidth = 1;
  readonly #read: NumberReader;
  readonly #readCompanion: NumberReader | undefined;

  /** @param companion the number of the overflow companion, with its shape */
  constructor(field: NumberField, shape: EntryShape, companion: Companion | undefined) {
    this.#read = numberReader(field, shape);
    if (companion?.value.kind === 'number') this.#readCompanion = numberReader(companion.value.field, companion.shape);
  }

  placeRow(): void {}

  placeOf(): number {
    return 0;
  }

  read(view: DataView, at: number, numbers: Float64Array): void {
    numbers[0] = this.#read(view, at);
  }

  readCompanion(view: DataView, numbers: Float64Array): void {
    numbers[0] = this.#readCompanion?.(view, 0) ?? 0;
  }

  sum({ view, rows, stride }: Entries, from: number, to: number, seriesOfRow: Int32Array, counts: SeriesCounts): void {
    const read = this.#read;
    for (let index = from; index < to; index++) {
      const row = rows[index]!;
      const series = seriesOfRow[row]!;
      if (series >= 0) counts.addNumber(row, series, read(view, index * stride));
    }
  }
}
