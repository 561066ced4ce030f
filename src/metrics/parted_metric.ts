import { type EntryParts, partSuffix } from '../decode/entry_parts.js';
import type { MetricBinding } from '../decode/metric_binding.js';
import type { BytesOf } from './admission.js';
import type { BucketBounds } from './bucket_bounds.js';
import type { Entries } from './entries.js';
import type { EntryValue } from './entry_value.js';
import { grown } from './growth.js';
import { Metric } from './metric.js';
import { littleEndian } from './number_reader.js';
import { RowActivity } from './row_activity.js';

/** The parts of the entries of one map. */
export interface PartShape {
  /** Parts of an entry. Part p is element `p % elements` of CPU `p / elements`. */
  readonly count: number;
  readonly elements: number;
  /** Where each part begins in its entry. */
  readonly offsets: readonly number[];
}

/** @param cpus values per entry of the map @param cpuStride bytes from the value of one CPU to that of the next */
export function partShape({ perCpu, elements, elementSize }: EntryParts, cpus: number, cpuStride: number): PartShape {
  const count = elements * (perCpu ? cpus : 1);
  const offsetOf = (part: number) => Math.floor(part / elements) * cpuStride + (part % elements) * elementSize;
  return { count, elements, offsets: Array.from({ length: count }, (_, part) => offsetOf(part)) };
}

/**
 * A metric whose entries have parts that are series of their own: CPUs, or the elements of an array. Every part is a row
 * of the `Metric`: part p of row r is row `r * count + p`. A part begins when it is first above zero, unless the metric
 * shows zeros, because most are never used.
 */
export class PartedMetric extends Metric {
  readonly #parts: PartShape;
  readonly #showsZeros: boolean;
  readonly #value: EntryValue;
  readonly #numbers: Float64Array;
  /** Of the map's rows, which other metrics share. */
  readonly #activity: RowActivity;
  readonly #ownActivity: RowActivity;
  readonly #keySize: number;
  /** The key of a part: valid until the next. */
  readonly #key: Buffer;
  #rows = new Uint32Array(0);
  #now = 0;

  /** @param keySize of the map */
  constructor(
    binding: MetricBinding,
    prefix: string,
    value: EntryValue,
    bounds: BucketBounds | undefined,
    activity: RowActivity,
    parts: PartShape,
    keySize: number,
  ) {
    const own = new RowActivity();
    super(binding, prefix, value, bounds, own);
    this.#parts = parts;
    this.#value = value;
    this.#numbers = new Float64Array(value.rowWidth);
    this.#showsZeros = binding.spec.zeros === true;
    this.#activity = activity;
    this.#ownActivity = own;
    this.#keySize = keySize;
    this.#key = Buffer.alloc(keySize + partSuffix.size);
  }

  override open(limit: number, now: number, arrivals: number): void {
    const { count } = this.#parts;
    this.#now = now;
    this.#ownActivity.reserve(limit * count);
    super.open(limit * count, now, arrivals * count);
  }

  override release(row: number): void {
    for (const part of this.#partsOf(row)) super.release(part);
  }

  override bind(row: number, key: Uint8Array): void {
    this.release(row);
    for (const part of this.#partsOf(row)) this.#begin(part, key);
  }

  override rebind(row: number, key: Uint8Array, value: Uint8Array): void {
    for (const part of this.#partsOf(row)) {
      if (this.isUnbound(part)) this.#begin(part, key);
      else super.rebind(part, this.#keyOf(part, key), value);
    }
  }

  override sum(entries: Entries, from: number, to: number): void {
    const { count, offsets } = this.#parts;
    const { view, stride } = entries;
    if (entries.count > this.#rows.length) this.#rows = grown(this.#rows, entries.count);
    for (let part = 0; part < count; part++) {
      for (let index = from; index < to; index++) {
        const row = entries.rows[index]! * count + part;
        this.#rows[index] = row;
        if (this.isUnbound(row) && !this.#isZero(row, view, index * stride + offsets[part]!)) this.start(row);
      }
      super.sum({ ...entries, rows: this.#rows, view: viewFrom(view, offsets[part]!) }, from, to);
    }
    for (let index = from; index < to; index++) this.#noteActivity(entries.rows[index]!);
  }

  override announce(row: number, key: Uint8Array, value: Uint8Array | undefined): void {
    for (const part of this.#partsOf(row)) super.announce(part, this.#keyOf(part, key), value);
  }

  /** The rows of the map of which a part waits. */
  override *waitingRows(): Generator<number> {
    const rows = new Set<number>();
    for (const part of super.waitingRows()) rows.add(this.#rowOf(part));
    yield* rows;
  }

  override admit(readKey: BytesOf, readValue: BytesOf, isDue: () => boolean): boolean {
    const keyOfPart = (part: number) => this.#keyOf(part, readKey(this.#rowOf(part)));
    return super.admit(keyOfPart, (part) => readValue(this.#rowOf(part)), isDue);
  }

  override settle(row: number, view: DataView): void {
    const { count, offsets } = this.#parts;
    for (const part of this.#partsOf(row)) {
      const at = offsets[part % count]!;
      if (this.isUnbound(part) && !this.#isZero(part, view, at)) this.start(part);
      super.settle(part, view, at);
    }
  }

  override isHidden(row: number): boolean | undefined {
    let isHidden: boolean | undefined;
    for (const part of this.#partsOf(row)) {
      const ofPart = super.isHidden(part);
      if (ofPart === false) return false;
      isHidden ??= ofPart;
    }
    return isHidden;
  }

  override placesForRows(milliseconds: number): number {
    return Math.floor(super.placesForRows(milliseconds) / this.#parts.count);
  }

  #begin(part: number, key: Uint8Array): void {
    this.#value.placeRow(part, this.#keyOf(part, key));
    if (this.#showsZeros) this.start(part);
  }

  /** Whether all numbers of a part that has not started are 0. @param at where the part begins */
  #isZero(part: number, view: DataView, at: number): boolean {
    this.#value.take(part, view, at, this.#numbers);
    for (let index = 0; index < this.#numbers.length; index++) if (this.#numbers[index] !== 0) return false;
    return true;
  }

  #noteActivity(row: number): void {
    const { changedAt } = this.#ownActivity;
    for (const part of this.#partsOf(row)) if (changedAt[part] === this.#now) this.#activity.changedAt[row] = this.#now;
  }

  *#partsOf(row: number): Generator<number> {
    const { count } = this.#parts;
    for (let part = row * count; part < (row + 1) * count; part++) yield part;
  }

  #rowOf(part: number): number {
    return Math.floor(part / this.#parts.count);
  }

  #keyOf(part: number, key: Uint8Array): Uint8Array {
    const { count, elements } = this.#parts;
    this.#key.set(key);
    const view = new DataView(this.#key.buffer, this.#key.byteOffset + this.#keySize, partSuffix.size);
    view.setUint32(partSuffix.cpu, Math.floor((part % count) / elements), littleEndian);
    view.setUint32(partSuffix.index, part % elements, littleEndian);
    return this.#key;
  }
}

function viewFrom(view: DataView, offset: number): DataView {
  return new DataView(view.buffer, view.byteOffset + offset, view.byteLength - offset);
}
