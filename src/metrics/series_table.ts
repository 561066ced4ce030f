import { grown } from './growth.js';

/** Room at the front of the arena in which lines are put together. */
const smallestBench = 8 * 1024;
/** More than the longest number or bucket label, and the line's end. */
const tailRoom = 96;
/** In the index: no series here, and none any more. */
const free = -1;
const removed = -2;

/**
 * The series of one metric: their label sets, as the text their lines start with, rendered once.
 *
 * The texts lie back to back in one arena, whose first `bench` bytes are a workbench for the lines: `copyWithin` moves a
 * text there several times faster than any copy between two buffers. The same texts are the keys of the index, so that
 * none is kept as a string: a hundred thousand strings are what the garbage collector is slowest with. Numbers of removed
 * series are used again.
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
  /** How many there are. */
  size = 0;

  readonly #lineStart: (labels: string) => string;
  readonly #unused: number[] = [];
  #hashes = new Int32Array(8);
  /** Open addressing: series by hash of their text. A power of two, at most half of it in use. */
  #index = new Int32Array(32).fill(free);
  /** Places of the index that are not free. */
  #taken = 0;
  #end = smallestBench;
  #removedBytes = 0;

  /** @param lineStart makes the text that starts a series's lines from its label part; different for different labels */
  constructor(lineStart: (labels: string) => string) {
    this.#lineStart = lineStart;
  }

  /** How many series there is room for in `starts` and `lengths`. */
  get capacity(): number {
    return this.starts.length;
  }

  find(labels: string): number | undefined {
    const length = this.#stage(labels);
    const hash = hashOf(this.arena, this.#end, length);
    for (let place = this.#first(hash); ; place = this.#next(place)) {
      const series = this.#index[place]!;
      if (series === free) return undefined;
      if (series !== removed && this.#hashes[series] === hash && this.#isStaged(series, length)) return series;
    }
  }

  /** @param labels for which there is no series yet */
  add(labels: string): number {
    const length = this.#stage(labels);
    const series = this.#unused.pop() ?? this.limit++;
    if (series >= this.starts.length) {
      this.starts = grown(this.starts, series + 1);
      this.lengths = grown(this.lengths, this.starts.length);
      this.#hashes = grown(this.#hashes, this.starts.length);
    }
    this.starts[series] = this.#end;
    this.lengths[series] = length;
    this.#hashes[series] = hashOf(this.arena, this.#end, length);
    this.#end += length;
    this.size++;
    if (2 * (this.#taken + 1) > this.#index.length) this.#rebuildIndex();
    else this.#enter(series);
    return series;
  }

  remove(series: number): void {
    const length = this.lengths[series]!;
    if (length === 0) return;
    let place = this.#first(this.#hashes[series]!);
    while (this.#index[place] !== series) place = this.#next(place);
    this.#index[place] = removed;
    this.lengths[series] = 0;
    this.size--;
    this.#unused.push(series);
    this.#removedBytes += length;
    const used = this.#end - this.bench;
    if (this.#removedBytes > 4096 && this.#removedBytes * 2 > used) this.#move(this.bench + used);
  }

  /** Writes the text of a series behind the others, where nothing else is yet. */
  #stage(labels: string): number {
    const text = this.#lineStart(labels);
    // Three bytes for each UTF-16 unit is the most that UTF-8 needs.
    const most = text.length * 3;
    const bench = Math.max(this.bench, 2 * (most + tailRoom));
    const needed = this.#end - this.bench + most + bench;
    if (bench !== this.bench || needed > this.arena.length) {
      this.#move(needed + (needed >> 1), bench);
    }
    return this.arena.write(text, this.#end);
  }

  #isStaged(series: number, length: number): boolean {
    if (this.lengths[series] !== length) return false;
    const { arena } = this;
    const start = this.starts[series]!;
    for (let byte = 0; byte < length; byte++) if (arena[start + byte] !== arena[this.#end + byte]) return false;
    return true;
  }

  #first(hash: number): number {
    return hash & (this.#index.length - 1);
  }

  #next(place: number): number {
    return (place + 1) & (this.#index.length - 1);
  }

  #enter(series: number): void {
    let place = this.#first(this.#hashes[series]!);
    while (this.#index[place] !== free) place = this.#next(place);
    this.#index[place] = series;
    this.#taken++;
  }

  #rebuildIndex(): void {
    let size = this.#index.length;
    while (size < 4 * this.size) size *= 2;
    this.#index = new Int32Array(size).fill(free);
    this.#taken = 0;
    for (let series = 0; series < this.limit; series++) if (this.lengths[series]! > 0) this.#enter(series);
  }

  /** Moves the texts to a new arena of that size, without gaps, behind its workbench. */
  #move(size: number, bench = this.bench): void {
    const arena = Buffer.allocUnsafeSlow(size);
    if (this.#removedBytes === 0 && bench === this.bench) {
      this.arena.copy(arena, bench, bench, this.#end);
      this.arena = arena;
      return;
    }
    let end = bench;
    for (let series = 0; series < this.limit; series++) {
      const start = this.starts[series]!;
      const length = this.lengths[series]!;
      if (length === 0) continue;
      this.arena.copy(arena, end, start, start + length);
      this.starts[series] = end;
      end += length;
    }
    this.arena = arena;
    this.bench = bench;
    this.#end = end;
    this.#removedBytes = 0;
  }
}

function hashOf(bytes: Buffer, start: number, length: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start, end = start + length; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  // The index looks at the low bits: let the high ones have a say.
  return hash ^ (hash >>> 15);
}
