import type { HistogramSamples } from '../metrics/family.js';
import type { Format } from './format.js';
import { boundText } from './number_text.js';
import type { PageWriter } from './page_writer.js';
import { SeriesLines } from './series_lines.js';

const bucketSuffix = Buffer.from('_bucket');
const sumSuffix = Buffer.from('_sum');
const countSuffix = Buffer.from('_count');

/** The `le` labels of a list of bounds, +Inf included. A histogram's bounds never change. */
const labelsOfBounds = new WeakMap<readonly number[], readonly Buffer[]>();

/**
 * Writes histograms, from `position` in their order on: cumulative buckets, sum and count. Returns early when the page has a full
 * chunk. OpenMetrics allows a count only with a sum, and no sum where observations may be negative.
 * @returns where to go on, or undefined at the end
 */
export function writeHistograms(
  name: string,
  samples: HistogramSamples,
  page: PageWriter,
  position: number,
  format: Format,
): number | undefined {
  const { series, values, width, bounds, hasSum, per } = samples;
  const labels = boundLabels(bounds);
  const showsSum = hasSum && (format === 'text' || !(bounds[0]! < 0));
  const showsCount = showsSum || format === 'text';
  const lines = new SeriesLines(page, series, name.length, bucketSuffix);
  for (let next = position; next < series.order.length; next++) {
    const index = series.order[next]!;
    lines.begin(index);
    let place = index * width;
    let count = 0;
    for (const label of labels) {
      count += values[place++]!;
      lines.boundLine(label, count);
    }
    if (showsSum) lines.line(sumSuffix, values[place]! / per);
    if (showsCount) lines.line(countSuffix, count);
    if (page.hasFullChunk) {
      lines.flush();
      return next + 1;
    }
  }
  lines.flush();
  return undefined;
}

function boundLabels(bounds: readonly number[]): readonly Buffer[] {
  const known = labelsOfBounds.get(bounds);
  if (known) return known;
  const labels = [...bounds, Number.POSITIVE_INFINITY].map((bound) => Buffer.from(`le="${boundText(bound)}"}`));
  labelsOfBounds.set(bounds, labels);
  return labels;
}
