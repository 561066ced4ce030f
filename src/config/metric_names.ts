import { fault, type SantaError } from '../errors/fault.js';
import { claimedNames, isReserved } from './names.js';
import type { SourceMap } from './source_map.js';

/** The metrics of a probe file that may be malformed, for the rules that span all probes. */
export interface NamedMetrics {
  readonly places: SourceMap;
  readonly metrics: readonly { readonly index: number; readonly name: string; readonly type: string }[];
}

/** Finds reserved names and names that two metrics share, in all probes together and with the prefix. */
export function metricNameFaults(prefix: string, probes: readonly NamedMetrics[]): SantaError[] {
  const owners = new Map<string, { name: string; place: string }>();
  const faults: SantaError[] = [];
  for (const { places, metrics } of probes) {
    for (const { index, name, type } of metrics) {
      const location = places.locate(['metrics', index, 'name']);
      const fullName = `${prefix}${name}`;
      if (isReserved(fullName, type)) {
        faults.push(fault('CONFIG_METRIC_RESERVED', { fullName }, { location }));
      }
      const claims = claimedNames(fullName, type);
      const series = claims.find((claim) => owners.has(claim));
      if (series !== undefined) {
        const { name: other, place } = owners.get(series)!;
        faults.push(fault('CONFIG_METRIC_TWICE', { name, series, other, place }, { location }));
        continue;
      }
      const place = `${location.file}:${location.line}`;
      for (const claim of claims) owners.set(claim, { name, place });
    }
  }
  return faults;
}
