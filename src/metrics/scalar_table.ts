import type { MetricBinding } from '../decode/metric_binding.js';
import { type Entries, MetricTable } from './metric_table.js';
import { type EntryShape, type NumberReader, numberReader } from './number_reader.js';
import { writeNumber } from './number_text.js';
import type { PageWriter } from './page_writer.js';

const numberRoom = 32;
const lineFeed = 10;

/** A counter or a gauge: one number per entry. */
export class ScalarTable extends MetricTable {
  readonly #read: NumberReader;
  readonly #readOverflow: NumberReader | undefined;

  /** @param shape of the entries; the overflow companion always has one value per CPU, as `overflowShape` says */
  constructor(binding: MetricBinding, prefix: string, shape: EntryShape, overflowShape: EntryShape | undefined) {
    const { value, other } = binding;
    if (value.kind !== 'number') throw new TypeError(`a ${value.kind} is not a number`);
    super(binding, prefix, shape, { row: 1, series: 1 }, (name, labels) =>
      labels ? `${name}{${labels}} ` : `${name} `,
    );
    this.#read = numberReader(value.field, shape);
    if (other?.value.kind === 'number' && overflowShape) {
      this.#readOverflow = numberReader(other.value.field, overflowShape);
    }
  }

  override sweep({ view, rows, stride }: Entries, from: number, to: number): void {
    const { seriesOfRow, last, values, changedAt, now } = this;
    const read = this.#read;
    for (let index = from; index < to; index++) {
      const row = rows[index]!;
      const series = seriesOfRow[row]!;
      if (series < 0) continue;
      const number = read(view, index * stride);
      const before = last[row]!;
      if (number !== before) {
        if (number < before) this.transfer(row, series, 1);
        last[row] = number;
        changedAt[series] = now;
      }
      values[series]! += number;
    }
  }

  override write(page: PageWriter, position: number): number | undefined {
    const { values, per, series } = this;
    const { arena, starts, lengths, limit } = series;
    let at = 0;
    for (let index = position; index < limit; index++) {
      const length = lengths[index]!;
      if (length === 0) continue;
      if (at + length + numberRoom > series.bench) {
        page.append(arena, 0, at);
        at = 0;
        if (page.hasFullChunk) return index;
      }
      const start = starts[index]!;
      arena.copyWithin(at, start, start + length);
      at = writeNumber(arena, at + length, values[index]! / per);
      arena[at++] = lineFeed;
    }
    page.append(arena, 0, at);
    return undefined;
  }

  protected override readRow(view: DataView, at: number, numbers: Float64Array): void {
    numbers[0] = this.#read(view, at);
  }

  protected override readOverflow(view: DataView, numbers: Float64Array): void {
    numbers[0] = this.#readOverflow?.(view, 0) ?? 0;
  }

  protected override placeOf(): number {
    return 0;
  }
}
