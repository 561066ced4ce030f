/** The tables of `santabpf top`. Text of others (labels) is shown with its hidden characters written out. */
import { alignedCells } from '../aligned_cells.js';
import { showHidden } from '../visible_text.js';
import { shortNumber, withUnit } from './numbers.js';
import { type RateRow, ratesOf } from './rates.js';
import type { MetricFamily } from './samples.js';

/** Rows of cells, the first one with titles. */
export type Table = readonly (readonly string[])[];

const numeric = new Set(['RATE', 'TOTAL', 'AVERAGE', 'P99 <=', 'VALUE', 'MOST']);

type Families = ReadonlyMap<string, MetricFamily>;

/** Names that say something about the exporter rather than about the host. */
const aboutExporter =
  /^(process|nodejs)_|_(probe_state|cost_seconds|program_|map_|series|lost_updates|decode_|scrape_|config_|build_)/;

/**
 * Every metric of the host that counted something between two readings: how much, and who most of it.
 * @param rows at most
 */
export function metricsTable(now: Families, before: Families, seconds: number, rows: number): Table {
  const lines: { readonly share: number; readonly cells: readonly string[] }[] = [];
  for (const family of now.values()) {
    if (family.type !== 'counter' && family.type !== 'histogram') continue;
    if (aboutExporter.test(family.name)) continue;
    const rates = ratesOf(family, before.get(family.name), seconds);
    const total = rates.reduce((sum, { rate }) => sum + rate, 0);
    if (total <= 0) continue;
    const [first] = rates;
    const unit = family.type === 'counter' ? family.name : '';
    const share = first!.rate / total;
    lines.push({
      share: total,
      cells: [`${withUnit(total, unit)}/s`, family.name, `${Math.round(share * 100)} %`, labelsText(first!.labels)],
    });
  }
  // Units differ, so the order is that of the page, which keeps the metrics of a probe together.
  return [['RATE', 'METRIC', 'MOST', 'BY'], ...lines.slice(0, rows).map(({ cells }) => cells)];
}

/**
 * The series of one metric, the largest rate first.
 * @param by labels to add up by
 */
export function seriesTable(
  now: MetricFamily,
  before: MetricFamily | undefined,
  { seconds, rows, by }: { readonly seconds: number; readonly rows: number; readonly by?: readonly string[] },
): Table {
  const rates = ratesOf(now, before, seconds, by).slice(0, rows);
  const labels = [...new Set(rates.flatMap((row) => row.labels.map(([name]) => name)))];
  const { titles, cells } = columns(now);
  return [
    [...titles, ...labels.map((name) => name.toUpperCase())],
    ...rates.map((row) => {
      const values = new Map(row.labels);
      return [...cells(row), ...labels.map((name) => shown(values.get(name) ?? ''))];
    }),
  ];
}

function columns({ name, type }: MetricFamily): { titles: string[]; cells: (row: RateRow) => string[] } {
  switch (type) {
    case 'counter':
      return {
        titles: ['RATE', 'TOTAL'],
        cells: ({ rate, value }) => [`${withUnit(rate, name)}/s`, withUnit(value, name)],
      };
    case 'histogram':
      return {
        titles: ['RATE', 'AVERAGE', 'P99 <='],
        cells: ({ rate, average, p99 }) => [
          `${shortNumber(rate)}/s`,
          average === undefined ? '-' : withUnit(average, name),
          p99 === undefined ? '-' : withUnit(p99, name),
        ],
      };
    default:
      return { titles: ['VALUE'], cells: ({ value }) => [withUnit(value, name)] };
  }
}

function labelsText(labels: RateRow['labels']): string {
  return labels.map(([name, value]) => `${name}=${shown(value)}`).join(' ');
}

const shown = (value: string) => showHidden(value === '' ? '""' : value);

/**
 * Aligns a table.
 * @param width characters of a line at most
 * @param numbers titles of columns that are aligned to the right
 */
export function aligned(table: Table, width: number, numbers: ReadonlySet<string> = numeric): string[] {
  const isRight = (column: number) => numbers.has(table[0]?.[column] ?? '');
  return alignedCells(table, { isRight }).map((cells) => [...cells.join('  ').trimEnd()].slice(0, width).join(''));
}
