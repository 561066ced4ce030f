import type { CombineField } from '../decode/combine_field.js';
import type { NumberField } from '../decode/number_field.js';
import type { OverflowValue } from '../decode/overflow.js';
import { combinedReader } from './combined_reader.js';
import { type Companion, CompanionReader } from './companion_reader.js';
import type { Entries } from './entries.js';
import type { EntryValue } from './entry_value.js';
import type { EntryShape, NumberReader } from './number_reader.js';
import { canWrap, plainReader, type RowReader } from './row_reader.js';
import type { SeriesCounts } from './series_counts.js';
import { WrappingNumbers } from './wrapping_numbers.js';

/** The value of a counter or a gauge: one number per entry. */
export class ScalarValue implements EntryValue {
  readonly rowWidth = 1;
  readonly seriesWidth = 1;
  readonly #read: NumberReader;
  readonly #wrapping: WrappingNumbers | undefined;
  readonly #companion: CompanionReader | undefined;
  readonly #numbers = new Float64Array(1);

  /**
   * @param companion the number of the overflow companion, with its shape
   * @param counts false for a gauge, which may go down
   * @param combine how the values of several CPUs become one, if they are not summed
   */
  constructor(
    field: NumberField,
    shape: EntryShape,
    companion: Companion | undefined,
    counts: boolean,
    combine: CombineField = { kind: 'sum' },
  ) {
    this.#read = combinedReader(field, shape, combine);
    if (counts && canWrap(field)) this.#wrapping = wrappingNumber(field, shape);
    if (companion?.value.kind === 'number') {
      this.#companion = new CompanionReader(companionOf(companion.value, companion.shape, counts), companion);
    }
  }

  placeRow(row: number): void {
    this.#wrapping?.restart(row);
  }

  placeOf(): number {
    return 0;
  }

  take(row: number, view: DataView, at: number, numbers: Float64Array): void {
    if (this.#wrapping) {
      this.#wrapping.read(row, view, at, numbers);
      this.#wrapping.restart(row);
    } else numbers[0] = this.#read(view, at);
  }

  readCompanion(view: DataView, numbers: Float64Array): void {
    this.#companion?.read(view, numbers);
  }

  sum(entries: Entries, from: number, to: number, seriesOfRow: Int32Array, counts: SeriesCounts): void {
    const { view, rows, stride } = entries;
    const read = this.#read;
    const wrapping = this.#wrapping;
    const numbers = this.#numbers;
    for (let index = from; index < to; index++) {
      const row = rows[index]!;
      const series = seriesOfRow[row]!;
      if (series < 0) continue;
      if (wrapping) {
        wrapping.read(row, view, index * stride, numbers);
        counts.addNumber(row, series, numbers[0]!);
      } else counts.addNumber(row, series, read(view, index * stride));
    }
  }
}

function wrappingNumber(field: NumberField, shape: EntryShape): WrappingNumbers {
  return new WrappingNumbers([{ field, length: 1, placeOf: () => 0 }], shape);
}

function companionOf(
  { field, combine = { kind: 'sum' } }: Extract<OverflowValue, { kind: 'number' }>,
  shape: EntryShape,
  counts: boolean,
): RowReader {
  if (counts && canWrap(field)) return wrappingNumber(field, shape);
  const read = combinedReader(field, shape, combine);
  return plainReader((view, at, numbers) => {
    numbers[0] = read(view, at);
  });
}
