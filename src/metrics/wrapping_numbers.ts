import { grown } from './growth.js';
import { type EntryShape, type NumberReader, numberReader, single } from './number_reader.js';
import { canWrap, type NumberGroup, type RowReader, widthOf } from './row_reader.js';

/**
 * Reads the numbers of entries whose counters are narrower than 64 bits, so that they never go down. It remembers every
 * raw number of a row, of each CPU and each slot. If one goes down and the distance modulo its width is less than half
 * of the range, it wrapped; otherwise the entry was made again, and all its numbers count from 0.
 */
export class WrappingNumbers implements RowReader {
  /** By raw number: one for each CPU if it can wrap, and one for all CPUs if not. */
  readonly #readers: NumberReader[] = [];
  readonly #offsets: Uint32Array;
  readonly #places: Uint16Array;
  /** 2 to the power of the width; Infinity for a number that does not wrap. */
  readonly #ranges: Float64Array;
  readonly #raw: Float64Array;
  /** By row, the raw numbers of the last read. */
  #last: Uint32Array | Float64Array;
  /** By row, what its numbers had counted before they wrapped or restarted. Most rows have nothing. */
  readonly #carried = new Map<number, Float64Array>();

  /** @param groups at least one of which can wrap */
  constructor(groups: readonly NumberGroup[], shape: EntryShape) {
    const offsets: number[] = [];
    const places: number[] = [];
    const ranges: number[] = [];
    for (const { field, length, placeOf } of groups) {
      const wraps = canWrap(field);
      const read = numberReader({ ...field, offset: 0 }, wraps ? single : shape);
      for (let index = 0; index < length; index++) {
        for (let cpu = 0; cpu < (wraps ? shape.cpus : 1); cpu++) {
          this.#readers.push(read);
          offsets.push(field.offset + index * field.size + cpu * shape.cpuStride);
          places.push(placeOf(index));
          ranges.push(wraps ? 2 ** widthOf(field) : Number.POSITIVE_INFINITY);
        }
      }
    }
    this.#offsets = Uint32Array.from(offsets);
    this.#places = Uint16Array.from(places);
    this.#ranges = Float64Array.from(ranges);
    this.#raw = new Float64Array(offsets.length);
    const fit32Bits = groups.every(({ field }) => !field.signed && widthOf(field) <= 32);
    this.#last = fit32Bits ? new Uint32Array(0) : new Float64Array(0);
  }

  restart(row: number): void {
    const start = row * this.#raw.length;
    const end = start + this.#raw.length;
    if (end > this.#last.length) this.#last = grown(this.#last, end);
    this.#last.fill(0, start, end);
    this.#carried.delete(row);
  }

  read(row: number, view: DataView, at: number, numbers: Float64Array): void {
    const raw = this.#raw;
    const last = this.#last;
    const start = row * raw.length;
    let decreases = 0;
    let wraps = 0;
    for (let index = 0; index < raw.length; index++) {
      const now = this.#readers[index]!(view, at + this.#offsets[index]!);
      raw[index] = now;
      const before = last[start + index]!;
      if (now >= before) continue;
      decreases++;
      const range = this.#ranges[index]!;
      if (now - before + range < range / 2) wraps++;
    }
    if (wraps < decreases) this.#carry(row, numbers.length, (index) => last[start + index]!);
    else if (wraps > 0) {
      this.#carry(row, numbers.length, (index) => (raw[index]! < last[start + index]! ? this.#ranges[index]! : 0));
    }
    last.set(raw, start);
    const carried = this.#carried.get(row);
    if (carried) numbers.set(carried);
    else numbers.fill(0);
    for (let index = 0; index < raw.length; index++) numbers[this.#places[index]!]! += raw[index]!;
  }

  /** Adds an amount for each raw number to what its row carries. */
  #carry(row: number, length: number, amountOf: (index: number) => number): void {
    const carried = this.#carried.get(row) ?? new Float64Array(length);
    for (let index = 0; index < this.#raw.length; index++) carried[this.#places[index]!]! += amountOf(index);
    this.#carried.set(row, carried);
  }
}
