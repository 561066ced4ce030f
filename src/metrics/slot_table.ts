import type { MetricBinding } from '../decode/metric_binding.js';
import { slotsInKey } from './bucket_bounds.js';
import { BucketTable } from './bucket_table.js';
import { grown } from './growth.js';
import { overflowReader } from './histogram_table.js';
import type { Entries } from './metric_table.js';
import { type EntryShape, type NumberReader, numberReader, single } from './number_reader.js';

/** A histogram whose buckets are entries: the slot number is a field of the key. */
export class SlotTable extends BucketTable {
  readonly #readSlot: NumberReader;
  readonly #readCount: NumberReader;
  readonly #readSum: NumberReader | undefined;
  readonly #readOverflow: ReturnType<typeof overflowReader>;
  readonly #numbers: Float64Array;
  #bucketOfRow = new Uint16Array(0);

  constructor(binding: MetricBinding, prefix: string, shape: EntryShape, overflowShape: EntryShape | undefined) {
    const { value, other } = binding;
    if (value.kind !== 'slot') throw new TypeError(`a ${value.kind} is not a slot`);
    const hasSum = value.sum !== undefined;
    super(binding, prefix, shape, { slots: slotsInKey, hasSum, rowWidth: hasSum ? 2 : 1 });
    this.#readSlot = numberReader(value.slot, single);
    this.#readCount = numberReader(value.count, shape);
    this.#readSum = value.sum && numberReader(value.sum, shape);
    this.#readOverflow = overflowReader(other?.value, this.bounds, overflowShape);
    this.#numbers = new Float64Array(this.widths.row);
  }

  override open(limit: number, now: number): void {
    super.open(limit, now);
    if (limit > this.#bucketOfRow.length) this.#bucketOfRow = grown(this.#bucketOfRow, limit);
  }

  override bind(row: number, key: Uint8Array, value: Uint8Array | undefined): void {
    // What the row counted before belongs to its old slot.
    this.release(row);
    this.#bucketOfRow[row] = this.bounds.bucketOf(this.#readSlot(viewOf(key), 0));
    super.bind(row, key, value);
  }

  override sweep({ view, rows, stride }: Entries, from: number, to: number): void {
    const { seriesOfRow, values, changedAt, now } = this;
    const numbers = this.#numbers;
    const width = this.widths.series;
    for (let index = from; index < to; index++) {
      const row = rows[index]!;
      const series = seriesOfRow[row]!;
      if (series < 0) continue;
      this.readRow(view, index * stride, numbers);
      if (this.updateRow(row, series, numbers)) changedAt[series] = now;
      for (let number = 0; number < numbers.length; number++) {
        values[series * width + this.placeOf(row, number)]! += numbers[number]!;
      }
    }
  }

  protected override readRow(view: DataView, at: number, numbers: Float64Array): void {
    numbers[0] = this.#readCount(view, at);
    if (this.#readSum) numbers[1] = this.#readSum(view, at);
  }

  protected override readOverflow(view: DataView, numbers: Float64Array): void {
    this.#readOverflow?.(view, 0, numbers);
  }

  protected override placeOf(row: number, index: number): number {
    return index === 0 ? this.#bucketOfRow[row]! : this.bounds.texts.length + 1;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
