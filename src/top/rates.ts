import type { MetricFamily, SeriesValues } from './samples.js';

export interface RateRow {
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** Of a counter its growth per second, of a histogram observations per second, of a gauge its value. */
  readonly rate: number;
  /** The present value; of a histogram the number of observations. */
  readonly value: number;
  /** Of a histogram that has observed something since: their average. */
  readonly average?: number;
  /** Of such a histogram: an upper bound for 99 of 100 observations, infinite above the last bound. */
  readonly p99?: number;
}

/**
 * What the series of a family did between two readings, the largest first.
 * @param before undefined when the family is new
 * @param seconds between the readings
 * @param by labels to add up by; all labels if undefined
 */
export function ratesOf(
  now: MetricFamily,
  before: MetricFamily | undefined,
  seconds: number,
  by?: readonly string[],
): RateRow[] {
  const groups = new Map<string, SeriesValues>();
  for (const [key, series] of now.series) {
    const grown = now.type === 'gauge' || now.type === 'untyped' ? series : growth(series, before?.series.get(key));
    const labels = by ? series.labels.filter(([name]) => by.includes(name)) : series.labels;
    const group = JSON.stringify(labels);
    const sum = groups.get(group) ?? { labels, value: 0, sum: 0, buckets: [] };
    groups.set(group, added(sum, grown));
  }
  const isRate = now.type === 'counter' || now.type === 'histogram';
  const totals = totalsOf(now, by);
  return [...groups]
    .map(([key, { labels, value, sum, buckets }]): RateRow => {
      const rate = isRate ? value / seconds : value;
      const row = { labels, rate, value: totals.get(key)! };
      if (now.type !== 'histogram' || value <= 0) return row;
      return { ...row, average: sum / value, p99: quantileBound(buckets, 0.99 * value) };
    })
    .sort((a, b) => b.rate - a.rate || b.value - a.value);
}

function totalsOf({ series }: MetricFamily, by: readonly string[] | undefined): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { labels, value } of series.values()) {
    const key = JSON.stringify(by ? labels.filter(([name]) => by.includes(name)) : labels);
    totals.set(key, (totals.get(key) ?? 0) + value);
  }
  return totals;
}

/** A series that is new, or whose counter began anew, has grown by what it has. */
function growth(now: SeriesValues, before: SeriesValues | undefined): SeriesValues {
  if (before === undefined || now.value < before.value) return now;
  const counts = new Map(before.buckets);
  return {
    labels: now.labels,
    value: now.value - before.value,
    sum: now.sum - before.sum,
    buckets: now.buckets.map(([bound, count]) => [bound, count - (counts.get(bound) ?? 0)]),
  };
}

function added(a: SeriesValues, b: SeriesValues): SeriesValues {
  const counts = new Map(a.buckets);
  for (const [bound, count] of b.buckets) counts.set(bound, (counts.get(bound) ?? 0) + count);
  return {
    labels: a.labels,
    value: a.value + b.value,
    sum: a.sum + b.sum,
    buckets: [...counts].sort(([one], [other]) => one - other),
  };
}

/** The first bound with at least `rank` observations at or below it. */
function quantileBound(buckets: readonly (readonly [bound: number, count: number])[], rank: number): number {
  return buckets.find(([, count]) => count >= rank)?.[0] ?? Number.POSITIVE_INFINITY;
}
