import { fault } from '../errors/fault.js';
import { nearest } from '../nearest.js';

/** The query parameters of the metrics, as node_exporter has them. */
const COLLECT = 'collect[]';
const EXCLUDE = 'exclude[]';

/**
 * The probes that a query asks for: `?collect[]=NAME` for these alone, `?exclude[]=NAME` for all others. Both are repeatable.
 * @param configured returns the names of all configured probes
 * @returns undefined for all
 * @throws SantaError SCRAPE_FILTER
 */
export function filteredProbes(query: unknown, configured: () => readonly string[]): ReadonlySet<string> | undefined {
  const collected = valuesOf(query, COLLECT);
  const excluded = valuesOf(query, EXCLUDE);
  if (collected.length === 0 && excluded.length === 0) return undefined;
  if (collected.length > 0 && excluded.length > 0) {
    const problem = `${COLLECT} and ${EXCLUDE} cannot be combined`;
    throw fault('SCRAPE_FILTER', {
      problem,
      remedy: `Name the probes to show with ${COLLECT}, or the others with ${EXCLUDE}.`,
    });
  }
  const known = configured();
  const unknown = [...collected, ...excluded].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, known);
    const remedy = near === undefined ? `The configured probes are ${known.join(', ')}.` : `Did you mean "${near}"?`;
    const parameter = collected.length > 0 ? COLLECT : EXCLUDE;
    throw fault('SCRAPE_FILTER', { problem: `Unknown probe "${unknown.slice(0, 64)}" in ${parameter}`, remedy });
  }
  return new Set(known.filter((name) => (collected.length > 0 ? collected.includes(name) : !excluded.includes(name))));
}

function valuesOf(query: unknown, parameter: string): readonly string[] {
  const value = (query as Readonly<Record<string, string | readonly string[] | undefined>>)[parameter] ?? [];
  return typeof value === 'string' ? [value] : value;
}
