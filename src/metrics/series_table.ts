import type { SeriesTexts } from './family.js';
import { grown } from './growth.js';
import { SeriesOrder } from './series_order.js';

const smallestScratch = 8 * 1024;
/** More than the longest suffix, bucket label, number and line end together. */
const tailSize = 100;
/** In the index: no series, and a series that was removed. Neither has a hash. */
const free = -1;
const removed = -2;

/**
 * The series of one metric by their canonical text, which is written once.
 *
 * The texts in the arena are also the keys of the index, so that no text is kept as a string: the garbage collector is
 * slow with a hundred thousand strings. The numbers of removed series are used again.
 */
export class SeriesTable implements SeriesTexts {
  /** First the scratch, then the texts. Replaced when it grows. */
  arena = Buffer.allocUnsafeSlow(smallestScratch + 1024);
  scratch = smallestScratch;
  starts = new Uint32Array(8);
  lengths = new Uint32Array(8);
  /** Series 0 has no text: it is `hidden`. */
  limit = 1;
  /** Of the last `settle`. */
  order = new Uint32Array(0);
  /** How many series there are. */
  size = 0;

  readonly #unused: number[] = [];
  #hashes = new Int32Array(8);
  /** Open addressing, series by the hash of their text. The length is a power of two; at most half is in use. */
  #index = new Int32Array(32).fill(free);
  /** Places of the index that are not free. */
  #taken = 0;
  #end = smallestScratch;
  #removedBytes = 0;
  readonly #sorted = new SeriesOrder((a, b) => this.#compare(a, b));
  /** Series added or removed since the last `settle`. */
  #changes = 0;
  /** Series added since the texts were last laid out in their order. */
  #scattered = 0;

  find(text: string): number | undefined {
    const length = this.#stage(text);
    const hash = hashOf(this.arena, this.#end, length);
    for (let place = this.#first(hash); ; place = this.#next(place)) {
      const series = this.#index[place]!;
      if (series === free) return undefined;
      if (this.#hashes[series] === hash && this.#isStaged(series, length)) return series;
    }
  }

  /** @param text of no series yet */
  add(text: string): number {
    const length = this.#stage(text);
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
    this.#sorted.add(series);
    this.#changes++;
    this.#scattered++;
    if (2 * (this.#taken + 1) > this.#index.length) this.#rebuildIndex();
    else this.#enter(series);
    return series;
  }

  remove(series: number): void {
    const length = this.lengths[series]!;
    if (length === 0) return;
    this.#sorted.remove(series);
    this.#changes++;
    let place = this.#first(this.#hashes[series]!);
    while (this.#index[place] !== series) place = this.#next(place);
    this.#index[place] = removed;
    this.lengths[series] = 0;
    this.size--;
    this.#unused.push(series);
    this.#removedBytes += length;
    const used = this.#end - this.scratch;
    if (this.#removedBytes > 4096 && this.#removedBytes * 2 > used) this.#move(this.scratch + used);
  }

  /** Replaces the beginning of every text. The numbers of the series and their order stay. @param from how every text begins */
  rename(from: string, to: string): void {
    const { arena, starts } = this;
    const lengths = this.lengths.slice();
    const cut = Buffer.byteLength(from);
    this.arena = Buffer.allocUnsafeSlow(arena.length);
    this.starts = new Uint32Array(starts.length);
    this.lengths.fill(0);
    this.#end = this.scratch;
    this.#removedBytes = 0;
    for (let series = 0; series < this.limit; series++) {
      if (lengths[series] === 0) continue;
      const start = starts[series]!;
      const length = this.#stage(to + arena.toString('utf8', start + cut, start + lengths[series]!));
      this.starts[series] = this.#end;
      this.lengths[series] = length;
      this.#hashes[series] = hashOf(this.arena, this.#end, length);
      this.#end += length;
    }
    this.#rebuildIndex();
    this.#scattered = this.size;
    this.#changes++;
  }

  /** Brings `order` up to date. Texts that came in another order are laid out anew: a writer is faster when it reads ahead. */
  settle(): void {
    if (this.#changes === 0) return;
    this.#changes = 0;
    this.order = new Uint32Array(this.size);
    this.#sorted.copyTo(this.order);
    if (2 * this.#scattered > this.size) this.#layOut(this.order, this.arena.length, this.scratch);
  }

  /** Writes a text after all others, where it is not part of the table yet. */
  #stage(text: string): number {
    // UTF-8 needs at most three bytes for each UTF-16 unit.
    const most = text.length * 3;
    const scratch = Math.max(this.scratch, 2 * (most + tailSize));
    const needed = this.#end - this.scratch + most + scratch;
    if (scratch !== this.scratch || needed > this.arena.length) {
      this.#move(needed + (needed >> 1), scratch);
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

  /** Compares two texts by their bytes. */
  #compare(a: number, b: number): number {
    const { arena, starts, lengths } = this;
    const startOfA = starts[a]!;
    const startOfB = starts[b]!;
    return arena.compare(arena, startOfB, startOfB + lengths[b]!, startOfA, startOfA + lengths[a]!);
  }

  /** Moves the texts to a new arena of `size` bytes, without gaps. */
  #move(size: number, scratch = this.scratch): void {
    const arena = Buffer.allocUnsafeSlow(size);
    if (this.#removedBytes === 0 && scratch === this.scratch) {
      this.arena.copy(arena, scratch, scratch, this.#end);
      this.arena = arena;
      return;
    }
    const order = new Uint32Array(this.size);
    this.#sorted.copyTo(order);
    this.#layOut(order, size, scratch);
  }

  /** Moves the texts to a new arena of `size` bytes, one after the other in the order given. */
  #layOut(order: Uint32Array, size: number, scratch: number): void {
    const arena = Buffer.allocUnsafeSlow(size);
    let end = scratch;
    for (const series of order) {
      const start = this.starts[series]!;
      const length = this.lengths[series]!;
      this.arena.copy(arena, end, start, start + length);
      this.starts[series] = end;
      end += length;
    }
    this.arena = arena;
    this.scratch = scratch;
    this.#end = end;
    this.#removedBytes = 0;
    this.#scattered = 0;
  }
}

function hashOf(bytes: Buffer, start: number, length: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start, end = start + length; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
  // The index uses the low bits only.
  return hash ^ (hash >>> 15);
}
