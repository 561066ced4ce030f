import type { MetricSpec, ProbeSpec } from '../config/probe_schema.js';
import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { mapKind } from '../maps/map_kind.js';
import { companionOf } from '../maps/overflow_companion.js';
import type { MapDescription, MetricBinding } from './binding.js';
import type { DecodeContext } from './context.js';
import { FaultCollector, type Locate } from './fault_collector.js';
import { compileLabels } from './label_set.js';
import { metricValue } from './metric_value.js';
import { overflowBinding } from './overflow.js';
import { describe } from './path.js';

/**
 * Joins every metric of a probe to the layout of its map: what to read of each entry, and how to word its labels.
 * @param maps all maps of the object by name, sections of global variables among them
 * @throws Faults with everything that does not fit
 */
export function bindProbe(
  spec: ProbeSpec,
  maps: ReadonlyMap<string, MapDescription>,
  context: DecodeContext,
  locate: Locate,
): MetricBinding[] {
  const faults = new FaultCollector();
  const bindings = spec.metrics.map((metric, index) => {
    const locateMetric: Locate = (path) => locate(['metrics', index, ...path]);
    return faults.attempt(() => bindMetric(metric, maps, context, locateMetric, faults));
  });
  faults.throwIfAny();
  return bindings as MetricBinding[];
}

function bindMetric(
  spec: MetricSpec,
  maps: ReadonlyMap<string, MapDescription>,
  context: DecodeContext,
  locate: Locate,
  faults: FaultCollector,
): MetricBinding | undefined {
  const map = maps.get(spec.map);
  if (map === undefined) {
    const known = [...maps.values()].filter(({ type }) => mapKind(type).isReadable).map(({ name }) => name);
    throw fault('MAP_UNKNOWN', { map: spec.map, known }, { location: locate(['map']) });
  }
  checkKind(map, locate(['map']));
  const value = faults.attempt(() => metricValue(spec, map, locate));
  const labels = faults.attempt(() => compileLabels(spec, map, context, locate));
  if (value === undefined || labels === undefined) return undefined;
  const companion = maps.get(companionOf(spec.map));
  const other = companion && overflowBinding(spec, map, value, companion, locate);
  return { spec, map: spec.map, labels, value, ...(other && { other }) };
}

function checkKind({ name, type, keySize, key }: MapDescription, location: Location | undefined): void {
  if (!mapKind(type).isReadable) throw fault('MAP_NOT_READABLE', { map: name, type }, { location });
  if (!mapKind(type).isArray) return;
  if (keySize === 4 && (key === undefined || key.kind === 'integer' || key.kind === 'enum')) return;
  const received = key ? describe(key) : `${keySize} bytes`;
  throw fault('MAP_KEY_UNSUITABLE', { map: name, type, received }, { location });
}
