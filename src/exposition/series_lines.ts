import type { SeriesTexts } from '../metrics/family.js';
import { writeNumber } from './number_text.js';
import type { PageWriter } from './page_writer.js';

const space = 32;
const comma = 44;
const lineFeed = 10;
const openBrace = 123;
/** More than a suffix, a bound label, a number and the line end. */
const longestTail = 100;

/** Writes ` VALUE` and the line end. @returns the position after it */
export function endLine(bytes: Buffer, at: number, value: number): number {
  bytes[at] = space;
  const end = writeNumber(bytes, at + 1, value);
  bytes[end] = lineFeed;
  return end + 1;
}

/**
 * Writes the lines of a family whose series have several, in the scratch of its arena: `name_bucket{a="x",le="1.0"} 2`,
 * `name_sum{a="x"} 3`. Call `flush` after the last line.
 */
export class SeriesLines {
  readonly #page: PageWriter;
  readonly #texts: SeriesTexts;
  readonly #nameLength: number;
  readonly #suffix: Buffer;
  #at = 0;
  /** Where the series' text lies in the arena. */
  #start = 0;
  #end = 0;
  /** Where the last bound line begins, and how long its part before the bound label is; 0 if there is none. */
  #prefix = 0;
  #prefixLength = 0;

  /**
   * @param nameLength of the family's name, with which every text begins
   * @param suffix of the lines with a bound label
   */
  constructor(page: PageWriter, texts: SeriesTexts, nameLength: number, suffix: Buffer) {
    this.#page = page;
    this.#texts = texts;
    this.#nameLength = nameLength;
    this.#suffix = suffix;
  }

  /** Begins the lines of a series. */
  begin(series: number): void {
    this.#start = this.#texts.starts[series]!;
    this.#end = this.#start + this.#texts.lengths[series]!;
    this.#prefixLength = 0;
  }

  /** @param bound the label and what ends the label set, `le="1.0"}` */
  boundLine(bound: Buffer, value: number): void {
    this.#makeRoom();
    const { arena } = this.#texts;
    const line = this.#at;
    if (this.#prefixLength === 0) this.#writePrefix();
    else {
      arena.copyWithin(line, this.#prefix, this.#prefix + this.#prefixLength);
      this.#at = line + this.#prefixLength;
    }
    this.#prefix = line;
    let at = this.#at;
    for (let byte = 0; byte < bound.length; byte++) arena[at++] = bound[byte]!;
    this.#at = endLine(arena, at, value);
  }

  /** A line with the labels of the series alone. */
  line(suffix: Buffer, value: number): void {
    this.#makeRoom();
    this.#writeName(suffix);
    const { arena } = this.#texts;
    const labels = this.#start + this.#nameLength;
    arena.copyWithin(this.#at, labels, this.#end);
    this.#at = endLine(arena, this.#at + this.#end - labels, value);
  }

  flush(): void {
    this.#page.append(this.#texts.arena, 0, this.#at);
    this.#at = 0;
  }

  #writePrefix(): void {
    const { arena } = this.#texts;
    const line = this.#at;
    this.#writeName(this.#suffix);
    const labels = this.#start + this.#nameLength;
    if (labels === this.#end) arena[this.#at++] = openBrace;
    else {
      arena.copyWithin(this.#at, labels, this.#end);
      this.#at += this.#end - labels;
      arena[this.#at - 1] = comma;
    }
    this.#prefixLength = this.#at - line;
  }

  #writeName(suffix: Buffer): void {
    const { arena } = this.#texts;
    arena.copyWithin(this.#at, this.#start, this.#start + this.#nameLength);
    let at = this.#at + this.#nameLength;
    for (let byte = 0; byte < suffix.length; byte++) arena[at++] = suffix[byte]!;
    this.#at = at;
  }

  /** Flushes if the next line may not fit. The prefix of the series moves to the front, where the next line begins. */
  #makeRoom(): void {
    const { arena, scratch } = this.#texts;
    if (this.#at + this.#end - this.#start + longestTail <= scratch) return;
    this.flush();
    arena.copyWithin(0, this.#prefix, this.#prefix + this.#prefixLength);
    this.#prefix = 0;
  }
}
