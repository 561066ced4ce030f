import type { ScalarSamples } from '../metrics/family.js';
import type { PageWriter } from './page_writer.js';
import { endLine } from './series_lines.js';

/** More than a number and the line end. */
const longestTail = 32;

/**
 * Writes counters or gauges, one line per series, from `position` in their order on; returns early when the page has a full chunk.
 * @returns where to go on, or undefined at the end
 */
export function writeScalars(samples: ScalarSamples, page: PageWriter, position: number): number | undefined {
  const { values, per, series } = samples;
  const { arena, scratch, starts, lengths, order } = series;
  let at = 0;
  for (let place = position; place < order.length; place++) {
    const index = order[place]!;
    const length = lengths[index]!;
    if (at + length + longestTail > scratch) {
      page.append(arena, 0, at);
      at = 0;
      if (page.hasFullChunk) return place;
    }
    const start = starts[index]!;
    arena.copyWithin(at, start, start + length);
    at = endLine(arena, at + length, values[index]! / per);
  }
  page.append(arena, 0, at);
  return undefined;
}
