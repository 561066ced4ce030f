import { placeLabels } from '../../alerts/src/identity.js';
import { probeMetric } from './probe_files.js';

/** Matchers of every query, from the variables that every dashboard has. */
const scope = 'job=~"$job",instance=~"$instance"';

/** Labels that say who did it, in the order in which a name has them: the place first, as in `nginx.service / node`. */
export const identityLabels = [...placeLabels, 'command'] as const;

/** Labels by which dashboards filter, each by the variable of its name. */
export const filters = ['namespace', 'pod', 'unit', 'command'] as const;

/** Names of the labels that say who did it, from the variable `identity`: `unit,command`. */
export const who = '$' + '{identity:csv}';

/** What they name, in words: `commands`. */
export const whose = '$' + '{identity:text}';

/**
 * A query whose series have one label `identity` in place of those labels: `nginx.service / node`. Empty ones are left out; where all are
 * empty it is `none`.
 *
 * @param others labels to keep
 */
export function named(expression: string, others: readonly string[]): string {
  const quoted = '$' + '{identity:doublequote}';
  const joined = `label_join(${expression}, "identity", " / ", ${quoted})`;
  const trimmed = `label_replace(${joined}, "identity", "$1", "identity", "(?: / )*(.*?)(?: / )*")`;
  return `sum by (${['identity', ...others].join(', ')}) (label_replace(${trimmed}, "identity", "none", "identity", ""))`;
}

/**
 * The series of a metric on the selected hosts, e.g. `select('santabpf_forks_total', 'kind="thread"')`. If the metric of a shipped probe
 * says who did it, only those of the selected namespaces, pods, units and commands.
 */
export function select(metric: string, ...matchers: readonly string[]): string {
  const { hasPlace = false, hasCommand = false } = probeMetric(metric) ?? {};
  return `${metric}{${[scope, ...whoMatchers({ hasPlace, hasCommand }), ...matchers].join(',')}}`;
}

/** Matchers of the filters that a metric can have. All values include that of a series without the label. */
export function whoMatchers(metric: { readonly hasPlace: boolean; readonly hasCommand: boolean }): string[] {
  return filters
    .filter((label) => (label === 'command' ? metric.hasCommand : metric.hasPlace))
    .map((label) => `${label}=~"$${label}"`);
}

/** Rate of a counter, summed by labels; with `by` empty, over all series. */
export function rate(metric: string, by: string, ...matchers: readonly string[]): string {
  return `sum${grouping(by)}(rate(${select(metric, ...matchers)}[$__rate_interval]))`;
}

/** Average rate of a counter over the whole time range, summed by labels. */
export function average(metric: string, by: string, ...matchers: readonly string[]): string {
  return `sum${grouping(by)}(rate(${select(metric, ...matchers)}[$__range]))`;
}

/**
 * Increase of a counter in a range, summed by labels. A series that appears in the range counts from zero; Prometheus's
 * `increase` would miss its first event. This applies only if the exporter was scraped before the range or, for the
 * dashboard's time range, started in it. Otherwise the plain increase counts, for instance after a gap in the scrapes.
 */
export function increase(metric: string, by: string, range = '$__range', ...matchers: readonly string[]): string {
  const series = select(metric, ...matchers);
  const scraped = `${select('santabpf_build_info')} offset ${range}`;
  const started = `${select('process_start_time_seconds')} > time() - $__range_s`;
  const watched = `on (job, instance) ${range === '$__range' ? `(${scraped} or ${started})` : scraped}`;
  return `sum${grouping(by)}((${series} unless ${series} offset ${range} and ${watched}) or increase(${series}[${range}]))`;
}

/** `expression` for the values of the labels `by` whose counter grew most in the time range: the same ones at every point. */
export function ofTop(
  count: number,
  metric: string,
  by: string,
  expression: string,
  ...matchers: readonly string[]
): string {
  // The top is taken at the end of the time range, or it would change from point to point.
  const grown = `sum by (${by}) (rate(${select(metric, ...matchers)}[$__range] @ end()))`;
  return `${expression} and on (${by}) topk(${count}, ${grown})`;
}

/** Rate of a counter for the ten values of the labels that grew most in the time range. */
export function topRate(metric: string, by: string, ...matchers: readonly string[]): string {
  return ofTop(10, metric, by, rate(metric, by, ...matchers), ...matchers);
}

/** Quantile of a histogram, by labels; no value where nothing was observed. @param range window of the rate */
export function quantile(
  q: number,
  metric: string,
  by = '',
  range = '$__rate_interval',
  ...matchers: readonly string[]
): string {
  const labels = by === '' ? 'le' : `le, ${by}`;
  return known(q, `sum by (${labels}) (rate(${select(`${metric}_bucket`, ...matchers)}[${range}]))`);
}

/**
 * Quantile of a histogram over time, by labels, for the values of the labels that grew most in the time range.
 *
 * @param ranked counter that decides which grew most
 * @param matchers of the histogram @param ofRanked those of the counter, if they differ
 */
export function topQuantile(
  count: number,
  q: number,
  metric: string,
  by: string,
  ranked: string,
  matchers: readonly string[] = [],
  ofRanked = matchers,
): string {
  const buckets = `rate(${select(`${metric}_bucket`, ...matchers)}[$__rate_interval])`;
  // Prometheus adds up the buckets of these only: of all, that takes several times as long.
  return known(q, `sum by (le, ${by}) (${ofTop(count, ranked, by, buckets, ...ofRanked)})`);
}

/** A quantile where there is one. Without observations it is NaN: logarithmic axes draw that at the bottom, and it hides that there is no data. */
function known(q: number, bucketRates: string): string {
  return `(histogram_quantile(${q}, ${bucketRates}) >= -Inf)`;
}

/** Rates of a histogram's buckets, for a heatmap. */
export function buckets(metric: string, ...matchers: readonly string[]): string {
  return rate(`${metric}_bucket`, 'le', ...matchers);
}

/** Zero instead of no data where the probe is up. Without the probe nothing is known, so the result stays empty. */
export function orZero(probe: string, expression: string): string {
  return `((${expression}) or 0 * sum(${select('santabpf_probe_state', `probe="${probe}"`, 'state="up"')} == 1))`;
}

function grouping(by: string): string {
  return by === '' ? '' : ` by (${by}) `;
}
