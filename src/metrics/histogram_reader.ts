import type { HistogramField } from '../decode/histogram_field.js';
import type { OverflowValue } from '../decode/overflow.js';
import type { BucketBounds } from './bucket_bounds.js';
import { type EntryShape, littleEndian, numberReader } from './number_reader.js';

const highUnit = 4_294_967_296;

/** Reads the numbers of a histogram that starts at `at`: the count of each bucket, the count above the last bound, the sum. */
export type HistogramReader = (view: DataView, at: number, numbers: Float64Array) => void;

/** The overflow companion of a map as a metric reads it. */
export interface Companion {
  readonly value: OverflowValue;
  readonly shape: EntryShape;
}

/** Makes the reader of a histogram struct. */
export function histogramReader(
  { buckets, sum }: HistogramField,
  bounds: BucketBounds,
  shape: EntryShape,
): HistogramReader {
  const bucketOfSlot = Uint16Array.from({ length: buckets.count }, (_, slot) => bounds.bucketOf(slot));
  const sumPlace = bounds.upper.length + 1;
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

/**
 * Makes the reader of an overflow companion: the same struct, or a count. A count has no slots: it is above the last
 * bound.
 * @returns undefined if the companion does not count events
 */
export function companionReader(companion: Companion | undefined, bounds: BucketBounds): HistogramReader | undefined {
  if (companion === undefined || companion.value.kind === 'number') return undefined;
  const { value, shape } = companion;
  if (value.kind === 'histogram') return histogramReader(value.field, bounds, shape);
  const count = numberReader(value.count, shape);
  const sum = value.sum && numberReader(value.sum, shape);
  const above = bounds.upper.length;
  return (view, at, numbers) => {
    numbers[above] = count(view, at);
    if (sum) numbers[above + 1] = sum(view, at);
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
