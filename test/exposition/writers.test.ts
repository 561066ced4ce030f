import { describe, expect, it } from 'vitest';
import { writeHistograms } from '../../src/exposition/histogram_writer.js';
import { PageWriter } from '../../src/exposition/page_writer.js';
import { writeScalars } from '../../src/exposition/scalar_writer.js';
import { writeSummaries } from '../../src/exposition/summary_writer.js';
import { layOutTexts } from '../../src/exposition/text_layout.js';
import type { HistogramSamples, SeriesTexts } from '../../src/metrics/family.js';

const layOut = (...texts: string[]): SeriesTexts => layOutTexts([texts])[0]!;

function linesOf(write: (page: PageWriter) => unknown): string[] {
  const page = new PageWriter();
  expect(write(page)).toBeUndefined();
  return Buffer.concat(page.takeRest()).toString().split('\n').slice(0, -1);
}

class CountingPage extends PageWriter {
  appends = 0;

  override append(bytes: Buffer, start: number, end: number): void {
    this.appends++;
    super.append(bytes, start, end);
  }
}

/** Calls `write` until it is done, like the renderer. */
function inTurns(write: (page: PageWriter, position: number) => number | undefined) {
  const page = new CountingPage();
  const chunks: Buffer[] = [];
  const turns: number[] = [];
  let position: number | undefined = 0;
  while (position !== undefined) {
    position = write(page, position);
    const full = page.takeFull();
    turns.push(full.length);
    chunks.push(...full);
  }
  const lines = Buffer.concat([...chunks, ...page.takeRest()])
    .toString()
    .split('\n')
    .slice(0, -1);
  return { turns, appends: page.appends, lines };
}

const storedTexts = ({ arena, scratch }: SeriesTexts) => arena.toString('latin1', scratch);

const histogram = (settings: Partial<HistogramSamples>): HistogramSamples => ({
  kind: 'histogram',
  series: layOut('h'),
  values: Float64Array.of(1, 2, 3, 500),
  width: 4,
  bounds: [1, 2],
  hasSum: true,
  per: 100,
  ...settings,
});

describe('scalars', () => {
  it('are one line for each series, in base units', () => {
    const series = { ...layOut('a{x="1"}', 'a{x="2"}', 'a{x="3"}'), order: Uint32Array.of(2, 0) };
    const values = Float64Array.of(1, 2, 2500);
    expect(linesOf((page) => writeScalars({ kind: 'scalar', series, values, per: 1000 }, page, 0))).toEqual([
      'a{x="3"} 2.5',
      'a{x="1"} 0.001',
    ]);
  });

  it('are written a chunk at a time', () => {
    const texts = Array.from({ length: 3000 }, (_, index) => `a{x="${'é'.repeat(index % 90)}${index}"}`);
    const samples = {
      kind: 'scalar',
      series: layOut(...texts),
      values: Float64Array.from(texts.keys()),
      per: 1,
    } as const;
    const stored = storedTexts(samples.series);
    const { turns, appends, lines } = inTurns((page, position) => writeScalars(samples, page, position));
    expect(lines).toEqual(texts.map((text, index) => `${text} ${index}`));
    expect(storedTexts(samples.series)).toBe(stored);
    // Lines are collected in the scratch: a copy to the page for each would be slow.
    expect(appends).toBeLessThan(lines.length / 10);
    expect(turns.slice(0, -1).every((chunks) => chunks === 1)).toBe(true);
    expect(turns.length).toBeGreaterThan(4);
  });
});

describe('histograms', () => {
  it('have cumulative buckets, and the sum in base units', () => {
    const series = { ...layOut('h{x="1"}', 'h{x="2"}', 'h{x="3"}'), order: Uint32Array.of(1, 2) };
    const values = Float64Array.of(9, 9, 9, 9, 1, 2, 3, 500, 0, 0, 4, 0);
    expect(linesOf((page) => writeHistograms('h', histogram({ series, values }), page, 0, 'text'))).toEqual([
      'h_bucket{x="2",le="1.0"} 1',
      'h_bucket{x="2",le="2.0"} 3',
      'h_bucket{x="2",le="+Inf"} 6',
      'h_sum{x="2"} 5',
      'h_count{x="2"} 6',
      'h_bucket{x="3",le="1.0"} 0',
      'h_bucket{x="3",le="2.0"} 0',
      'h_bucket{x="3",le="+Inf"} 4',
      'h_sum{x="3"} 0',
      'h_count{x="3"} 4',
    ]);
  });

  it.each([
    ['text', { bounds: [-1, 2] }, ['h_sum 5', 'h_count 6']],
    ['openmetrics', { bounds: [-1, 2] }, []],
    ['text', { bounds: [0, 2] }, ['h_sum 5', 'h_count 6']],
    ['openmetrics', { bounds: [0, 2] }, ['h_sum 5', 'h_count 6']],
    ['text', { hasSum: false, width: 3 }, ['h_count 6']],
    ['openmetrics', { hasSum: false, width: 3 }, []],
  ] as const)('have in %s, with %j, only what the format allows', (format, settings, expected) => {
    const lines = linesOf((page) => writeHistograms('h', histogram(settings), page, 0, format));
    const [low, high] = 'bounds' in settings ? settings.bounds : [1, 2];
    expect(lines).toEqual([
      `h_bucket{le="${low}.0"} 1`,
      `h_bucket{le="${high}.0"} 3`,
      'h_bucket{le="+Inf"} 6',
      ...expected,
    ]);
  });

  it('have the same bounds in every series and at every scrape', () => {
    const samples = histogram({ series: layOut('h{x="1"}', 'h{x="2"}'), values: new Float64Array(8) });
    const write = () => linesOf((page) => writeHistograms('h', samples, page, 0, 'openmetrics'));
    expect(write()).toEqual(write());
    expect(write().filter((line) => line.startsWith('h_bucket{x="2",le="2.0"}'))).toHaveLength(1);
  });

  it('are written a chunk at a time', () => {
    const texts = Array.from({ length: 1000 }, (_, index) => `h{x="${'é'.repeat(index % 90)}${index}"}`);
    const values = Float64Array.from(texts.flatMap((_, index) => [index, 1, 2, 300]));
    const samples = histogram({ series: layOut(...texts), values });
    const stored = storedTexts(samples.series);
    const { turns, appends, lines } = inTurns((page, position) =>
      writeHistograms('h', samples, page, position, 'text'),
    );
    const labels = texts.map((text) => text.slice(1, -1));
    expect(lines).toEqual(
      labels.flatMap((label, index) => [
        `h_bucket${label},le="1.0"} ${index}`,
        `h_bucket${label},le="2.0"} ${index + 1}`,
        `h_bucket${label},le="+Inf"} ${index + 3}`,
        `h_sum${label}} 3`,
        `h_count${label}} ${index + 3}`,
      ]),
    );
    expect(storedTexts(samples.series)).toBe(stored);
    expect(appends).toBeLessThan(lines.length / 10);
    expect(turns.slice(0, -1).every((chunks) => chunks === 1)).toBe(true);
    expect(turns.length).toBeGreaterThan(4);
  });
});

describe('summaries', () => {
  it('have quantiles, the sum and the count of each series', () => {
    const series = layOut('s{x="1"}', 's{x="2"}');
    const values = Float64Array.of(1, 2, 3, 4.5, 10, 20, 30, 45);
    const samples = { kind: 'summary', series, values, width: 4, quantiles: [0.5, 0.99] } as const;
    expect(linesOf((page) => writeSummaries('s', samples, page))).toEqual([
      's{x="1",quantile="0.5"} 1',
      's{x="1",quantile="0.99"} 2',
      's_sum{x="1"} 4.5',
      's_count{x="1"} 3',
      's{x="2",quantile="0.5"} 10',
      's{x="2",quantile="0.99"} 20',
      's_sum{x="2"} 45',
      's_count{x="2"} 30',
    ]);
  });
});
