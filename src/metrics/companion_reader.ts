import type { OverflowValue } from '../decode/overflow.js';
import type { EntryShape } from './number_reader.js';
import type { RowReader } from './row_reader.js';

/** The overflow companion of a map as a metric reads it. */
export interface Companion {
  readonly value: OverflowValue;
  readonly shape: EntryShape;
  /** The array elements that the metric reads; 1 if it reads no array. */
  readonly elements: number;
  /** Bytes from one element to the next. */
  readonly elementSize: number;
}

/** Reads the only entry of an overflow companion: the sum of all elements, each of which has a row. */
export class CompanionReader {
  readonly #reader: RowReader;
  readonly #elements: number;
  readonly #elementSize: number;

  constructor(reader: RowReader, { elements, elementSize }: Companion) {
    this.#reader = reader;
    this.#elements = elements;
    this.#elementSize = elementSize;
    for (let element = 0; element < elements; element++) reader.restart(element);
  }

  /** Adds the numbers of the entry. */
  read(view: DataView, numbers: Float64Array): void {
    const ofElement = new Float64Array(numbers.length);
    for (let element = 0; element < this.#elements; element++) {
      this.#reader.read(element, view, element * this.#elementSize, ofElement);
      for (let index = 0; index < numbers.length; index++) numbers[index]! += ofElement[index]!;
    }
  }
}
