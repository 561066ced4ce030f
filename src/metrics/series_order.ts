/** A chunk of this length is cut in half. Long enough for few chunks, short enough for cheap insertions. */
const longestChunk = 512;

/**
 * Keeps series sorted while they come and go: a list of short sorted chunks, so that one more series moves a few hundred
 * numbers instead of a hundred thousand.
 */
export class SeriesOrder {
  readonly #compare: (a: number, b: number) => number;
  /** No chunk is empty. */
  readonly #chunks: number[][] = [];

  /** @param compare like that of `Array.sort`; no two series may be equal, and their order must not change */
  constructor(compare: (a: number, b: number) => number) {
    this.#compare = compare;
  }

  add(series: number): void {
    const at = this.#chunkOf(series);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([series]);
      return;
    }
    chunk.splice(this.#placeIn(chunk, series), 0, series);
    if (chunk.length > longestChunk) this.#chunks.splice(at + 1, 0, chunk.splice(chunk.length >> 1));
  }

  remove(series: number): void {
    const at = this.#chunkOf(series);
    const chunk = this.#chunks[at]!;
    chunk.splice(this.#placeIn(chunk, series), 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** Writes all series in their order to the front of `target`. */
  copyTo(target: Uint32Array): void {
    let end = 0;
    for (const chunk of this.#chunks) {
      target.set(chunk, end);
      end += chunk.length;
    }
  }

  /** The chunk for a series: the last one that does not begin after it. */
  #chunkOf(series: number): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#compare(this.#chunks[middle]![0]!, series) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Where the series is in a chunk, or belongs. */
  #placeIn(chunk: readonly number[], series: number): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#compare(chunk[middle]!, series) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
