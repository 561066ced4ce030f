import type { ScalarSamples } from '../metrics/family.js';
import type { PageWriter } from './page_writer.js';
import { endLine } from './series_lines.js';

/** More than a number and the line end. */
const longestTail = 32;

/**
 * Writes counters or gauges, one line per series, from series `position` on; returns early when the page has a full chunk.
 * @returns the series to go on with, or undefined at the end
 */
export function writeScalars(samples: ScalarSamples, page: PageWriter, position: number): number | undefined {
  const { values, per, series } = samples;
  const { arena, scratch, starts, lengths, limit } = series;
  let at = 0;
  for (let index = position; index < limit; index++) {
    const length = lengths[index]!;
    if (length === 0) continue;
    if (at + length + longestTail > scratch) {
      page.append(arena, 0, at);
      at = 0;
      if (page.hasFullChunk) return index;
    }
    const start = starts[index]!;
    arena.copyWithin(at, start, start + length);
    at = endLine(arena, at + length, values[index]! / per);
  }
  page.append(arena, 0, at);
  return undefined;
}
