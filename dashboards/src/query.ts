/** What limits every query: variables that every dashboard has. */
const scope = 'job=~"$job",instance=~"$instance"';

/** The series of a metric on the chosen hosts, e.g. `select('santabpf_forks_total', 'kind="thread"')`. */
export function select(metric: string, ...matchers: readonly string[]): string {
  return `${metric}{${[scope, ...matchers].join(',')}}`;
}

/** Sum per second of a counter, by labels; by none, the sum of all. */
export function rate(metric: string, by: string, ...matchers: readonly string[]): string {
  return `sum${grouping(by)}(rate(${select(metric, ...matchers)}[$__rate_interval]))`;
}

/**
 * Sum of a counter's increase in a range, by labels. A series that was born in the range counts from zero, which
 * `increase` leaves out: what happens once would not be seen. It is taken as born only if its exporter was scraped before
 * the range, or started in it (told of the shown time only); after a gap in the scrapes the plain increase counts.
 */
export function increase(metric: string, by: string, range = '$__range', ...matchers: readonly string[]): string {
  const series = select(metric, ...matchers);
  const scraped = `${select('santabpf_build_info')} offset ${range}`;
  const started = `${select('process_start_time_seconds')} > time() - $__range_s`;
  const watched = `on (job, instance) ${range === '$__range' ? `(${scraped} or ${started})` : scraped}`;
  return `sum${grouping(by)}((${series} unless ${series} offset ${range} and ${watched}) or increase(${series}[${range}]))`;
}

/** `expression` for those values of the labels `by` only whose counter grew most in the shown time: the same all the way. */
export function ofTop(
  count: number,
  metric: string,
  by: string,
  expression: string,
  ...matchers: readonly string[]
): string {
  const grown = `sum by (${by}) (rate(${select(metric, ...matchers)}[$__range] @ end()))`;
  return `${expression} and on (${by}) topk(${count}, ${grown})`;
}

/** Rate of the ten values of the labels whose counter grew most in the shown time. */
export function topRate(metric: string, by: string, ...matchers: readonly string[]): string {
  return ofTop(10, metric, by, rate(metric, by, ...matchers), ...matchers);
}

/** Quantile of a histogram, by labels. @param range over which it is taken */
export function quantile(
  q: number,
  metric: string,
  by = '',
  range = '$__rate_interval',
  ...matchers: readonly string[]
): string {
  const labels = by === '' ? 'le' : `le, ${by}`;
  return `histogram_quantile(${q}, sum by (${labels}) (rate(${select(`${metric}_bucket`, ...matchers)}[${range}])))`;
}

/** Rates of a histogram's buckets, for a heatmap. */
export function buckets(metric: string, ...matchers: readonly string[]): string {
  return rate(`${metric}_bucket`, 'le', ...matchers);
}

/** Zero instead of nothing, but only where the probe is up: without it nothing is known. */
export function orZero(probe: string, expression: string): string {
  return `((${expression}) or 0 * sum(${select('santabpf_probe_up', `probe="${probe}"`)} == 1))`;
}

function grouping(by: string): string {
  return by === '' ? '' : ` by (${by}) `;
}
