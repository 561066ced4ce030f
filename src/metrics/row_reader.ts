import type { NumberField } from '../decode/number_field.js';

/** Reads the numbers of entries. What it has to know of a row from one read to the next, it remembers itself. */
export interface RowReader {
  /** Starts a row at 0: its entry is new, or was removed. */
  restart(row: number): void;
  /** Reads the numbers of the entry of a row, which starts at `at`. */
  read(row: number, view: DataView, at: number, numbers: Float64Array): void;
}

/** Fields of one type, one after the other, that are summed into the numbers of an entry. */
export interface NumberGroup {
  /** The first field. */
  readonly field: NumberField;
  readonly length: number;
  /** The number that a field is summed into. */
  placeOf(index: number): number;
}

/** The reader of numbers that need no memory. */
export function plainReader(read: (view: DataView, at: number, numbers: Float64Array) => void): RowReader {
  return { restart() {}, read: (_row, view, at, numbers) => read(view, at, numbers) };
}

/** Whether a counter of this width can wrap. 64 bits take centuries. */
export function canWrap(field: NumberField): boolean {
  return widthOf(field) < 64;
}

/** Width of a field in bits. */
export function widthOf({ size, bits }: NumberField): number {
  return bits?.width ?? size * 8;
}
