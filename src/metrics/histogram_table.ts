import type { HistogramField } from '../decode/histogram_field.js';
import type { MetricBinding } from '../decode/metric_binding.js';
import type { OverflowValue } from '../decode/overflow.js';
import type { BucketBounds } from './bucket_bounds.js';
import { BucketTable } from './bucket_table.js';
import type { Entries } from './metric_table.js';
import { type EntryShape, littleEndian, numberReader } from './number_reader.js';

const highUnit = 4_294_967_296;

/** Reads the numbers of a histogram struct: its shown buckets, what is above them, and its sum. */
type HistogramReader = (view: DataView, at: number, numbers: Float64Array) => void;

/** A histogram that is a struct in the map's value. */
export class HistogramTable extends BucketTable {
  readonly #read: HistogramReader;
  readonly #readOverflow: HistogramReader | undefined;
  readonly #numbers: Float64Array;

  constructor(binding: MetricBinding, prefix: string, shape: EntryShape, overflowShape: EntryShape | undefined) {
    const { value, other } = binding;
    if (value.kind !== 'histogram') throw new TypeError(`a ${value.kind} is not a histogram`);
    const { field } = value;
    super(binding, prefix, shape, { slots: field.buckets.count, hasSum: field.sum !== undefined });
    this.#read = histogramReader(field, this.bounds, shape);
    this.#readOverflow = overflowReader(other?.value, this.bounds, overflowShape);
    this.#numbers = new Float64Array(this.widths.row);
  }

  override sweep({ view, rows, stride }: Entries, from: number, to: number): void {
    const { seriesOfRow, values, changedAt, now } = this;
    const numbers = this.#numbers;
    const width = numbers.length;
    for (let index = from; index < to; index++) {
      const row = rows[index]!;
      const series = seriesOfRow[row]!;
      if (series < 0) continue;
      this.#read(view, index * stride, numbers);
      if (this.updateRow(row, series, numbers)) changedAt[series] = now;
      const place = series * width;
      for (let number = 0; number < width; number++) values[place + number]! += numbers[number]!;
    }
  }

  protected override readRow(view: DataView, at: number, numbers: Float64Array): void {
    this.#read(view, at, numbers);
  }

  protected override readOverflow(view: DataView, numbers: Float64Array): void {
    this.#readOverflow?.(view, 0, numbers);
  }

  protected override placeOf(_row: number, index: number): number {
    return index;
  }
}

/** Makes the reader of an overflow companion of a histogram: of the same struct, or of a count whose slots are not known. */
export function overflowReader(
  value: OverflowValue | undefined,
  bounds: BucketBounds,
  shape: EntryShape | undefined,
): HistogramReader | undefined {
  if (value === undefined || shape === undefined || value.kind === 'number') return undefined;
  if (value.kind === 'histogram') return histogramReader(value.field, bounds, shape);
  const count = numberReader(value.count, shape);
  const sum = value.sum && numberReader(value.sum, shape);
  const above = bounds.texts.length;
  return (view, at, numbers) => {
    numbers[above] = count(view, at);
    if (sum) numbers[above + 1] = sum(view, at);
  };
}

function histogramReader({ buckets, sum }: HistogramField, bounds: BucketBounds, shape: EntryShape): HistogramReader {
  const bucketOfSlot = Uint16Array.from({ length: buckets.count }, (_, slot) => bounds.bucketOf(slot));
  const sumPlace = bounds.texts.length + 1;
  const readSum = sum && numberReader(sum, shape);
  const add = buckets.size === 8 ? addWide : addNarrow;
  return (view, at, numbers) => {
    numbers.fill(0);
    for (let cpu = 0, place = at + buckets.offset; cpu < shape.cpus; cpu++, place += shape.cpuStride) {
      add(view, place, bucketOfSlot, numbers);
    }
    if (readSum) numbers[sumPlace] = readSum(view, at);
  };
}

function addWide(view: DataView, at: number, bucketOfSlot: Uint16Array, numbers: Float64Array): void {
  for (let slot = 0, place = at; slot < bucketOfSlot.length; slot++, place += 8) {
    const first = view.getUint32(place, littleEndian);
    const second = view.getUint32(place + 4, littleEndian);
    numbers[bucketOfSlot[slot]!]! += littleEndian ? second * highUnit + first : first * highUnit + second;
  }
}

function addNarrow(view: DataView, at: number, bucketOfSlot: Uint16Array, numbers: Float64Array): void {
  for (let slot = 0, place = at; slot < bucketOfSlot.length; slot++, place += 4) {
    numbers[bucketOfSlot[slot]!]! += view.getUint32(place, littleEndian);
  }
}
