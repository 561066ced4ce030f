import { grown } from './growth.js';

/** Rows without a series whose numbers changed in this update, with their numbers. */
export class WaitingRows {
  count = 0;
  readonly #width: number;
  #rows = new Uint32Array(0);
  #numbers = new Float64Array(0);

  /** @param width numbers of a row */
  constructor(width: number) {
    this.#width = width;
  }

  clear(): void {
    this.count = 0;
  }

  addNumber(row: number, number: number): void {
    const place = this.#add(row);
    this.#numbers[place] = number;
  }

  addNumbers(row: number, numbers: Float64Array): void {
    const place = this.#add(row);
    this.#numbers.set(numbers, place);
  }

  *rows(): Generator<number> {
    for (let index = 0; index < this.count; index++) yield this.#rows[index]!;
  }

  rowOf(index: number): number {
    return this.#rows[index]!;
  }

  /** A view, valid until the next row is added. */
  numbersOf(index: number): Float64Array {
    return this.#numbers.subarray(index * this.#width, (index + 1) * this.#width);
  }

  /** @returns where the numbers of the row belong, in `#numbers`, which may be replaced */
  #add(row: number): number {
    const index = this.count++;
    if (index >= this.#rows.length) {
      this.#rows = grown(this.#rows, index + 1);
      this.#numbers = grown(this.#numbers, this.#rows.length * this.#width);
    }
    this.#rows[index] = row;
    return index * this.#width;
  }
}
