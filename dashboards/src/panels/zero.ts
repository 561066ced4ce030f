import { probeMetric } from '../probe_files.js';
import { select } from '../query.js';

/** Names of the shipped probes whose metrics are in queries, in order. */
export function probesOf(queries: readonly string[]): string[] {
  const probes = queries.flatMap(metricsOf).flatMap((metric) => probeMetric(metric)?.probe ?? []);
  return [...new Set(probes)].sort();
}

/** Names of the metrics in a query. */
export function metricsOf(query: string): string[] {
  return [...query.matchAll(/([a-zA-Z_:][\w:]*)\{/g)].map(([, name]) => name!);
}

/**
 * 0 while a probe of the queries is up, else nothing. Where no query has a metric of a probe: 0 while an exporter is scraped.
 * @param probe of a user's own
 */
export function zero(queries: readonly string[], probe?: string): string {
  const probes = probe === undefined ? probesOf(queries) : [probe];
  if (probes.length === 0) return `0 * sum(${lately(select('santabpf_build_info'))})`;
  const named = probes.length === 1 ? `probe="${probes[0]}"` : `probe=~"${probes.join('|')}"`;
  return `0 * sum(${lately(select('santabpf_probe_state', named, 'state="up"'))} == 1)`;
}

/** A single failed scrape is no reason to say that a probe is not running. */
function lately(series: string): string {
  return `max_over_time(${series}[$__rate_interval])`;
}

/** A query that yields `nothing` where it would yield no series. */
export function or(expression: string, nothing: string): string {
  return `(${expression}) or on () (${nothing})`;
}

/** The same with a label, so that a legend or a cell says what did not happen. */
export function orZeroAs(expression: string, value: string, label: string, nothing: string): string {
  return or(expression, `label_replace(${nothing}, "${label}", "${value}", "", "")`);
}
