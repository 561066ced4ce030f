/** Room at the front of the arena in which lines are put together. */
const smallestBench = 8 * 1024;
/** More than the longest number or bucket label, and the line's end. */
const tailRoom = 96;

/**
 * The series of one metric: their label sets, and the text their lines start with, rendered once.
 *
 * The texts lie back to back in one arena, whose first `bench` bytes are a workbench for the lines: `copyWithin` moves a
 * text there several times faster than any copy between two buffers. Numbers of removed series are used again.
 */
export class SeriesTable {
  /** First the workbench, then the texts. Replaced when it grows. */
  arena = Buffer.allocUnsafeSlow(smallestBench + 1024);
  bench = smallestBench;
  /** Where the text of a series starts in the arena, and its length; 0 when there is no such series. */
  starts = new Uint32Array(8);
  lengths = new Uint32Array(8);
  /** All series have numbers below this. */
  limit = 0;

  readonly #byLabels = new Map<string, number>();
  readonly #labels: (string | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #lineStart: (labels: string) => string;
  #end = smallestBench;
  #removedBytes = 0;

  /** @param lineStart makes the text that starts a series's lines from its label part */
  constructor(lineStart: (labels: string) => string) {
    this.#lineStart = lineStart;
  }

  get size(): number {
    return this.#byLabels.size;
  }

  /** How many series there is room for in `starts` and `lengths`. */
  get capacity(): number {
    return this.starts.length;
  }

  find(labels: string): number | undefined {
    return this.#byLabels.get(labels);
  }

  add(labels: string): number {
    const series = this.#free.pop() ?? this.limit++;
    if (series >= this.starts.length) {
      this.starts = grown(this.starts, series + 1);
      this.lengths = grown(this.lengths, series + 1);
    }
    const text = this.#lineStart(labels);
    // Three bytes for each UTF-16 unit is the most that UTF-8 needs.
    this.#reserve(text.length * 3);
    const length = this.arena.write(text, this.#end);
    this.starts[series] = this.#end;
    this.lengths[series] = length;
    this.#end += length;
    this.#byLabels.set(labels, series);
    this.#labels[series] = labels;
    return series;
  }

  remove(series: number): void {
    const labels = this.#labels[series];
    if (labels === undefined) return;
    this.#byLabels.delete(labels);
    this.#labels[series] = undefined;
    this.#removedBytes += this.lengths[series]!;
    this.lengths[series] = 0;
    this.#free.push(series);
    const used = this.#end - this.bench;
    if (this.#removedBytes > 4096 && this.#removedBytes * 2 > used) this.#move(this.bench + used);
  }

  #reserve(length: number): void {
    const bench = Math.max(this.bench, 2 * (length + tailRoom));
    const needed = this.#end - this.bench + length + bench;
    if (bench === this.bench && needed <= this.arena.length) return;
    this.bench = bench;
    this.#move(needed + (needed >> 1));
  }

  /** Moves the texts that are left to a new arena, without gaps. */
  #move(size: number): void {
    const arena = Buffer.allocUnsafeSlow(size);
    let end = this.bench;
    for (let series = 0; series < this.limit; series++) {
      const start = this.starts[series]!;
      const length = this.lengths[series]!;
      if (length === 0) continue;
      this.arena.copy(arena, end, start, start + length);
      this.starts[series] = end;
      end += length;
    }
    this.arena = arena;
    this.#end = end;
    this.#removedBytes = 0;
  }
}

/** A copy with room for `length` elements and more to come. */
export function grown<T extends Uint32Array | Int32Array | Float64Array | Uint16Array>(array: T, length: number): T {
  const size = Math.max(length, array.length + (array.length >> 1), 8);
  const copy = new (array.constructor as new (size: number) => T)(size);
  copy.set(array);
  return copy;
}
