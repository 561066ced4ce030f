/** The metrics that a map becomes unless the probe file says otherwise. */

import type { ScriptMap } from '../../config/compiled_script.js';
import type { ScriptMapUse } from '../check/map_table.js';
import { boundsOf } from './histogram_slots.js';
import { keyLayout } from './labels.js';
import { isExported, mapName } from './map_names.js';

/** @param probe its name, which the names of metrics begin with */
export function scriptMap(map: ScriptMapUse, probe: string): ScriptMap {
  const name = mapName(map.name);
  const labels = map.key === undefined || map.key.length === 0 ? [] : keyLayout(name, map.key).labels;
  const { aggregation } = map;
  const bounds = aggregation?.kind === 'hist' || aggregation?.kind === 'lhist' ? boundsOf(aggregation) : undefined;
  return { name, labels, metrics: metricsOf(map, probe, labels, bounds), ...(bounds && { bounds }) };
}

function metricsOf(
  map: ScriptMapUse,
  probe: string,
  labels: ScriptMap['labels'],
  bounds: readonly number[] | undefined,
): ScriptMap['metrics'] {
  if (!isExported(map)) return [];
  const { aggregation } = map;
  const base = plainName(map.name === '' ? probe : `${probe}_${map.name}`);
  const written = map.name === '' ? '@' : `@${map.name}`;
  const shared = {
    map: mapName(map.name),
    ...(labels.length > 0 && { labels: Object.fromEntries(labels.map(({ name, settings }) => [name, settings])) }),
  };
  const of = `of probe ${probe}`;
  switch (aggregation?.kind) {
    case undefined:
      return [{ name: base, type: 'gauge', help: `Value of ${written} ${of}.`, ...shared }];
    case 'count':
      if (map.isRefilled)
        return [{ name: base, type: 'gauge', help: `What ${written} ${of} counts now.`, ...shared, combine: 'sum' }];
      return [{ name: `${base}_total`, type: 'counter', help: `Events counted by ${written} ${of}.`, ...shared }];
    case 'sum':
      if (map.isRefilled)
        return [{ name: base, type: 'gauge', help: `Sum of ${written} ${of} now.`, ...shared, combine: 'sum' }];
      return [{ name: `${base}_total`, type: 'counter', help: `Sum of ${written} ${of}.`, ...shared }];
    case 'min':
    case 'max': {
      const extreme = aggregation.kind === 'min' ? 'Smallest' : 'Largest';
      return [
        {
          name: base,
          type: 'gauge',
          help: `${extreme} value of ${written} ${of}.`,
          ...shared,
          value: 'value',
          combine: aggregation.kind,
        },
      ];
    }
    case 'avg':
    case 'stats':
      return [
        {
          name: `${base}_avg`,
          type: 'gauge',
          help: `Average of all values of ${written} ${of}.`,
          ...shared,
          value: 'total',
          combine: { average: 'count' },
        },
        {
          name: `${base}_total`,
          type: 'counter',
          help: `Sum of the values of ${written} ${of}.`,
          ...shared,
          value: 'total',
        },
        {
          name: `${base}_values_total`,
          type: 'counter',
          help: `Number of values of ${written} ${of}.`,
          ...shared,
          value: 'count',
        },
      ];
    default:
      return [{ name: base, type: 'histogram', help: `Values of ${written} ${of}.`, ...shared, buckets: { bounds } }];
  }
}

/** A name without the endings that Prometheus keeps for itself, and without a unit that nothing was converted to. */
function plainName(name: string): string {
  const plain = name.replace(/\W/g, '_').replace(/_total$/, '');
  return /_(count|sum|bucket|created)$|_seconds/.test(plain)
    ? `${plain.replace(/_seconds/g, '_secs')}_value`.replace(/_secs_value$/, '_secs')
    : plain;
}
