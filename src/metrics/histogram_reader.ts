import type { HistogramField } from '../decode/histogram_field.js';
import type { NumberField } from '../decode/number_field.js';
import type { BucketBounds } from './bucket_bounds.js';
import { type Companion, CompanionReader } from './companion_reader.js';
import { type EntryShape, littleEndian, numberReader } from './number_reader.js';
import { canWrap, type NumberGroup, plainReader, type RowReader } from './row_reader.js';
import { WrappingNumbers } from './wrapping_numbers.js';

const highUnit = 4_294_967_296;

/** Makes the reader of a histogram struct: the count of each bucket, the count above the last bound, the sum. */
export function histogramReader(field: HistogramField, bounds: BucketBounds, shape: EntryShape): RowReader {
  const { buckets, sum } = field;
  const sumPlace = bounds.upper.length + 1;
  const slots: NumberGroup = {
    field: { offset: buckets.offset, size: buckets.size, signed: false },
    length: buckets.count,
    placeOf: (slot) => bounds.bucketOf(slot),
  };
  const groups = sum ? [slots, groupOf(sum, sumPlace)] : [slots];
  if (groups.some((group) => canWrap(group.field))) return new WrappingNumbers(groups, shape);
  const bucketOfSlot = Uint16Array.from({ length: buckets.count }, (_, slot) => bounds.bucketOf(slot));
  const readSum = sum && numberReader(sum, shape);
  return plainReader((view, at, numbers) => {
    numbers.fill(0);
    for (let cpu = 0, place = at + buckets.offset; cpu < shape.cpus; cpu++, place += shape.cpuStride) {
      addSlots(view, place, bucketOfSlot, numbers);
    }
    if (readSum) numbers[sumPlace] = readSum(view, at);
  });
}

/** Makes the reader of a count, and of a sum if there is one, whose places are `countPlace` and `sumPlace`. */
export function countReader(
  { count, sum }: { readonly count: NumberField; readonly sum?: NumberField },
  countPlace: number,
  sumPlace: number,
  shape: EntryShape,
): RowReader {
  const groups = [groupOf(count, countPlace), ...(sum ? [groupOf(sum, sumPlace)] : [])];
  if (groups.some(({ field }) => canWrap(field))) return new WrappingNumbers(groups, shape);
  const readCount = numberReader(count, shape);
  const readSum = sum && numberReader(sum, shape);
  return plainReader((view, at, numbers) => {
    numbers[countPlace] = readCount(view, at);
    if (readSum) numbers[sumPlace] = readSum(view, at);
  });
}

/**
 * Makes the reader of an overflow companion: the same struct, or a count. A count has no slots: it is above the last bound.
 * @returns undefined if the companion does not count events
 */
export function companionReader(companion: Companion | undefined, bounds: BucketBounds): CompanionReader | undefined {
  if (companion === undefined || companion.value.kind === 'number') return undefined;
  const { value, shape } = companion;
  const above = bounds.upper.length;
  const reader =
    value.kind === 'histogram'
      ? histogramReader(value.field, bounds, shape)
      : countReader(value, above, above + 1, shape);
  return new CompanionReader(reader, companion);
}

function groupOf(field: NumberField, place: number): NumberGroup {
  return { field, length: 1, placeOf: () => place };
}

function addSlots(view: DataView, at: number, bucketOfSlot: Uint16Array, numbers: Float64Array): void {
  for (let slot = 0, place = at; slot < bucketOfSlot.length; slot++, place += 8) {
    const first = view.getUint32(place, littleEndian);
    const second = view.getUint32(place + 4, littleEndian);
    numbers[bucketOfSlot[slot]!]! += littleEndian ? second * highUnit + first : first * highUnit + second;
  }
}
