/** Reads the text format of Prometheus, as far as a table of rates needs it. */
import { labelsOf } from '../live/series_labels.js';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'untyped';

/** One series of a family: its labels without `le`. */
export interface SeriesValues {
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** The value; of a histogram the number of observations. */
  value: number;
  /** Of a histogram: the sum of what was observed. */
  sum: number;
  /** Of a histogram: cumulative counts by upper bound, ascending; the last bound is infinite. */
  readonly buckets: [bound: number, count: number][];
}

export interface MetricFamily {
  readonly name: string;
  readonly type: MetricType;
  help: string;
  /** By the text of the labels. */
  readonly series: Map<string, SeriesValues>;
}

const comment = /^# (TYPE|HELP) (\S+) ?(.*)$/;
const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})? (\S+)/;
const part = /_(bucket|sum|count)$/;
const types = new Set<string>(['counter', 'gauge', 'histogram']);

/**
 * @param text in the text format 0.0.4
 * @returns families by name. Lines that are no samples are left out.
 */
export function readSamples(text: string): Map<string, MetricFamily> {
  const families = new Map<string, MetricFamily>();
  const helps = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) {
      const [, kind, name = '', rest = ''] = comment.exec(line) ?? [];
      if (kind === 'HELP') helps.set(name, rest);
      if (kind !== 'TYPE') continue;
      const type = types.has(rest) ? (rest as MetricType) : 'untyped';
      families.set(name, { name, type, help: helps.get(name) ?? '', series: new Map() });
      continue;
    }
    const [, name = '', labels = '', value = ''] = sample.exec(line) ?? [];
    if (name !== '') addSample(families, name, labels, numberOf(value));
  }
  return families;
}

function addSample(families: Map<string, MetricFamily>, name: string, labels: string, value: number): void {
  const [suffix, kind] = part.exec(name) ?? [];
  const whole = suffix === undefined ? undefined : families.get(name.slice(0, -suffix.length));
  if (whole?.type !== 'histogram') {
    const family = families.get(name) ?? { name, type: 'untyped' as const, help: '', series: new Map() };
    families.set(name, family);
    seriesOf(family, labelsOf(labels)).value = value;
    return;
  }
  const all = labelsOf(labels);
  const series = seriesOf(
    whole,
    all.filter(([label]) => label !== 'le'),
  );
  if (kind === 'sum') series.sum = value;
  else if (kind === 'count') series.value = value;
  else series.buckets.push([numberOf(all.find(([label]) => label === 'le')?.[1] ?? ''), value]);
}

function seriesOf({ series }: MetricFamily, labels: [string, string][]): SeriesValues {
  const key = JSON.stringify(labels);
  const known = series.get(key);
  if (known) return known;
  const values: SeriesValues = { labels, value: 0, sum: 0, buckets: [] };
  series.set(key, values);
  return values;
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
