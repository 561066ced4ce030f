import type { SummarySamples } from '../metrics/family.js';
import { boundText } from './number_text.js';
import type { PageWriter } from './page_writer.js';
import { SeriesLines } from './series_lines.js';

const noSuffix = Buffer.alloc(0);
const sumSuffix = Buffer.from('_sum');
const countSuffix = Buffer.from('_count');

/** Writes summaries: quantiles, sum and count of every series. */
export function writeSummaries(name: string, samples: SummarySamples, page: PageWriter): undefined {
  const { series, values, width, quantiles } = samples;
  const labels = quantiles.map((quantile) => Buffer.from(`quantile="${boundText(quantile)}"}`));
  const lines = new SeriesLines(page, series, name.length, noSuffix);
  for (const index of series.order) {
    lines.begin(index);
    let place = index * width;
    for (const label of labels) lines.boundLine(label, values[place++]!);
    lines.line(sumSuffix, values[place + 1]!);
    lines.line(countSuffix, values[place]!);
  }
  lines.flush();
}
