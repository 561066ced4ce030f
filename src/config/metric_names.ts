import { fault, type SantaError } from '../errors/fault.js';
import { claimedNames, isReserved } from './names.js';
import type { SourceMap } from './source_map.js';

/** A probe's metrics as far as they could be read, for what concerns all probes together. */
export interface NamedMetrics {
  readonly places: SourceMap;
  readonly metrics: readonly { readonly index: number; readonly name: string; readonly type: string }[];
}

/** Finds names that two metrics share, or that are not for probes to use, over all probes and with the prefix on. */
export function metricNameFaults(prefix: string, probes: readonly NamedMetrics[]): SantaError[] {
  const owners = new Map<string, { name: string; place: string }>();
  const faults: SantaError[] = [];
  for (const { places, metrics } of probes) {
    for (const { index, name, type } of metrics) {
      const at = `metrics[${index}].name`;
      const location = places.locate(['metrics', index, 'name']);
      const fullName = `${prefix}${name}`;
      if (isReserved(fullName, type)) {
        faults.push(fault('CONFIG_METRIC_RESERVED', { at, received: name, fullName }, { location }));
      }
      const claims = claimedNames(fullName, type);
      const series = claims.find((claim) => owners.has(claim));
      if (series !== undefined) {
        const { name: other, place } = owners.get(series)!;
        faults.push(fault('CONFIG_METRIC_TWICE', { at, received: name, series, other, place }, { location }));
        continue;
      }
      const place = `${location.file}:${location.line}`;
      for (const claim of claims) owners.set(claim, { name, place });
    }
  }
  return faults;
}
