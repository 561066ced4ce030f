import { type EntryShape, type NumberReader, numberReader, single } from './number_reader.js';
import { canWrap, type NumberGroup, type RowReader, widthOf } from './row_reader.js';

/** A block of remembered numbers: small, so that making one holds nobody up. */
const blockBytes = 256 * 1024;

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
  /** The raw numbers of the last read, in blocks of rows. */
  readonly #last: (Uint32Array | Float64Array)[] = [];
  readonly #rowsPerBlock: number;
  readonly #fit32Bits: boolean;
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
    this.#fit32Bits = groups.every(({ field }) => !field.signed && widthOf(field) <= 32);
    this.#rowsPerBlock = Math.max(1, Math.floor(blockBytes / (8 * offsets.length)));
  }

  restart(row: number): void {
    const start = this.#startOf(row);
    this.#lastOf(row).fill(0, start, start + this.#raw.length);
    this.#carried.delete(row);
  }

  // Loops instead of `set` and `fill`, which cost more than reading the few numbers of most entries.
  read(row: number, view: DataView, at: number, numbers: Float64Array): void {
    const raw = this.#raw;
    const last = this.#lastOf(row);
    const start = this.#startOf(row);
    let hasDecreased = false;
    for (let index = 0; index < raw.length; index++) {
      const now = this.#readers[index]!(view, at + this.#offsets[index]!);
      raw[index] = now;
      if (now < last[start + index]!) hasDecreased = true;
    }
    if (hasDecreased) this.#carryLast(row, start, numbers.length);
    for (let index = 0; index < numbers.length; index++) numbers[index] = 0;
    for (let index = 0; index < raw.length; index++) {
      const now = raw[index]!;
      last[start + index] = now;
      numbers[this.#places[index]!]! += now;
    }
    if (this.#carried.size === 0) return;
    const carried = this.#carried.get(row);
    if (carried) for (let index = 0; index < numbers.length; index++) numbers[index]! += carried[index]!;
  }

  #newBlock(): Uint32Array | Float64Array {
    const length = this.#rowsPerBlock * this.#raw.length;
    return this.#fit32Bits ? new Uint32Array(length) : new Float64Array(length);
  }

  /** The block of a row. It is made here because the elements of an array are also read before they start. */
  #lastOf(row: number): Uint32Array | Float64Array {
    const block = Math.floor(row / this.#rowsPerBlock);
    while (this.#last.length <= block) this.#last.push(this.#newBlock());
    return this.#last[block]!;
  }

  /** Where the numbers of a row begin in its block. */
  #startOf(row: number): number {
    return (row % this.#rowsPerBlock) * this.#raw.length;
  }

  /** Carries the range of the numbers that wrapped, or all that a row had counted if one of them shows that it restarted. */
  #carryLast(row: number, start: number, length: number): void {
    const raw = this.#raw;
    const last = this.#lastOf(row);
    const ranges = this.#ranges;
    const carried = this.#carried.get(row) ?? new Float64Array(length);
    const hasRestarted = raw.some((now, index) => {
      const before = last[start + index]!;
      return now < before && now - before + ranges[index]! >= ranges[index]! / 2;
    });
    for (const [index, place] of this.#places.entries()) {
      const before = last[start + index]!;
      if (hasRestarted) carried[place]! += before;
      else if (raw[index]! < before) carried[place]! += ranges[index]!;
    }
    this.#carried.set(row, carried);
  }
}
