import type { MetricBinding } from '../decode/metric_binding.js';
import { type BucketBounds, bucketBounds } from './bucket_bounds.js';
import type { Format } from './family.js';
import { MetricTable } from './metric_table.js';
import type { EntryShape } from './number_reader.js';
import { writeNumber } from './number_text.js';
import type { PageWriter } from './page_writer.js';

const bucketSuffix = '_bucket';
/** For an `le` label, a number and what is around them. */
const tailRoom = 96;
const lineFeed = 10;

/**
 * A histogram. The numbers of a series are the counts of its shown buckets (not cumulative), of what is above them, and
 * the sum of the observed values if the program keeps one.
 */
export abstract class BucketTable extends MetricTable {
  protected readonly bounds: BucketBounds;
  protected readonly hasSum: boolean;
  /** What follows a series' text on the line of each bucket. */
  readonly #tails: readonly Buffer[];

  protected constructor(
    binding: MetricBinding,
    prefix: string,
    shape: EntryShape,
    { slots, hasSum, rowWidth }: { slots: number; hasSum: boolean; rowWidth?: number },
  ) {
    const bounds = bucketBounds(binding.spec, slots);
    const width = bounds.texts.length + (hasSum ? 2 : 1);
    super(binding, prefix, shape, { row: rowWidth ?? width, series: width }, (name, labels) =>
      labels ? `${name}${bucketSuffix}{${labels},` : `${name}${bucketSuffix}{`,
    );
    this.bounds = bounds;
    this.hasSum = hasSum;
    this.#tails = [...bounds.texts, '+Inf'].map((bound) => Buffer.from(`le="${bound}"} `));
  }

  override write(page: PageWriter, position: number, format: Format): number | undefined {
    const { series, values } = this;
    const { arena, starts, lengths, limit } = series;
    const width = this.widths.series;
    // OpenMetrics wants a _count where there is a _sum and nowhere else, and no _sum where observations may be negative.
    const showsSum = this.hasSum && (format === 'text' || !this.bounds.isNegative);
    const showsCount = showsSum || format === 'text';
    let at = 0;
    for (let index = position; index < limit; index++) {
      const length = lengths[index]!;
      if (length === 0) continue;
      const start = starts[index]!;
      let place = index * width;
      let count = 0;
      for (const tail of this.#tails) {
        if (at + length + tailRoom > series.bench) at = flush(page, arena, at);
        arena.copyWithin(at, start, start + length);
        at += length;
        for (let byte = 0; byte < tail.length; byte++) arena[at++] = tail[byte]!;
        count += values[place++]!;
        at = writeNumber(arena, at, count);
        arena[at++] = lineFeed;
      }
      if (at + 2 * (length + tailRoom) > series.bench) at = flush(page, arena, at);
      if (showsSum) at = this.#writeTotal('_sum', at, index, values[place]! / this.per);
      if (showsCount) at = this.#writeTotal('_count', at, index, count);
      if (page.hasFullChunk) {
        flush(page, arena, at);
        return index + 1;
      }
    }
    flush(page, arena, at);
    return undefined;
  }

  /** Turns `name_bucket{a="x",` into `name_sum{a="x"} `. */
  #writeTotal(suffix: string, position: number, index: number, value: number): number {
    const { arena, starts, lengths } = this.series;
    const start = starts[index]!;
    const end = start + lengths[index]!;
    const labels = start + this.name.length + bucketSuffix.length;
    let at = position;
    arena.copyWithin(at, start, start + this.name.length);
    at += this.name.length;
    at += arena.write(suffix, at, 'latin1');
    // Without labels there is the brace alone.
    if (end - labels > 1) {
      arena.copyWithin(at, labels, end - 1);
      at += end - 1 - labels;
      at += arena.write('}', at, 'latin1');
    }
    at += arena.write(' ', at, 'latin1');
    at = writeNumber(arena, at, value);
    arena[at++] = lineFeed;
    return at;
  }
}

function flush(page: PageWriter, arena: Buffer, end: number): 0 {
  page.append(arena, 0, end);
  return 0;
}
