import { isEnabled } from '../probe_files.js';
import { metricsOf, probesOf } from './zero.js';

/**
 * What an empty panel says: that its probe is not running or, with `absent`, that this is one of two reasons. Panels that are empty without
 * events show a zero instead.
 *
 * @param queries what the panel shows: the metrics in them name the probes
 * @param absent what else the host may lack, e.g. `The flight recorder is off`
 * @param probe of a user's own
 */
export function emptyText(queries: readonly string[], absent?: string, probe?: string): string {
  const source = probe === undefined ? sourceOf(queries) : `probe ${probe} is not running`;
  if (absent !== undefined) return `${absent}, or ${source}`;
  return source.charAt(0).toUpperCase() + source.slice(1);
}

function sourceOf(queries: readonly string[]): string {
  const probes = probesOf(queries);
  if (probes.length > 0) {
    const off = probes.some((probe) => !isEnabled(probe)) ? ' (off by default)' : '';
    return `probe ${probes.join(' or ')} is not running${off}`;
  }
  const isAlert = (metric: string) => metric.startsWith('ALERTS');
  return queries.flatMap(metricsOf).every(isAlert) ? 'the alert rules are not loaded' : 'no exporter was scraped';
}
