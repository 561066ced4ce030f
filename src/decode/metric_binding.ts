import { placeOf } from '../config/family_members.js';
import type { MetricSpec, ProbeSpec } from '../config/probe_schema.js';
import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { mapKind } from '../maps/map_kind.js';
import { companionOf } from '../maps/overflow_companion.js';
import { nearest } from '../nearest.js';
import type { DecodeContext } from './context.js';
import { type EntryParts, entryParts, ofFirstElement } from './entry_parts.js';
import type { EventTable } from './event_table.js';
import { FaultCollector, type Locate } from './fault_collector.js';
import { compileLabels, type LabelSetDecoder } from './label_set.js';
import { describeLayout } from './layout_text.js';
import type { MapDescription } from './map_description.js';
import { type MetricValue, metricValue } from './metric_value.js';
import { type OverflowBinding, overflowBinding } from './overflow.js';

/** A metric of a probe file joined to the layout of its map. */
export interface MetricBinding {
  readonly spec: MetricSpec;
  /** Name of the map to read. */
  readonly map: string;
  readonly labels: LabelSetDecoder;
  /** Of the first part, if an entry has parts. */
  readonly value: MetricValue;
  /** Present when an entry is several series. */
  readonly parts?: EntryParts;
  /** Present when the object has the overflow companion of the map. */
  readonly other?: OverflowBinding;
}

/**
 * Joins every metric of a probe to the layout of its map: what to read of each entry, and how to decode its labels.
 * @param maps all maps of the object by name, including sections of global variables
 * @param faulty maps with a fault of their own: their metrics are left out
 * @throws Faults with every problem found
 */
export function bindMetrics(
  spec: ProbeSpec,
  maps: ReadonlyMap<string, MapDescription>,
  context: DecodeContext,
  locate: Locate,
  faulty: ReadonlySet<string> = new Set(),
): MetricBinding[] {
  const faults = new FaultCollector();
  const bindings = spec.metrics.map((metric, index) => {
    const locateMetric: Locate = (path) => locate(placeOf(metric, index, path));
    return faulty.has(metric.map)
      ? undefined
      : faults.attempt(() => bindMetric(metric, maps, context, locateMetric, faults));
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
    throw fault(
      'MAP_UNKNOWN',
      { map: spec.map, known, nearest: nearest(spec.map, known) },
      { location: locate(['map']) },
    );
  }
  checkKind(map, locate(['map']));
  if (map.inner && spec.expireMs !== undefined) {
    throw fault('INNER_MAPS_EXPIRE', { map: map.name }, { location: locate(['expire']) });
  }
  if (map.events) return bindEvents(spec, map, map.events, maps, context, locate, faults);
  const parts = entryParts(spec, map, locate);
  const ofPart = ofFirstElement(spec);
  const value = faults.attempt(() => metricValue(ofPart, map, locate));
  const labels = faults.attempt(() => compileLabels(spec, map, maps, context, locate));
  if (value === undefined || labels === undefined) return undefined;
  const companion = maps.get(companionOf(spec.map));
  const other = companion && overflowBinding(ofPart, map, value, companion, locate);
  return { spec, map: spec.map, labels, value, ...(parts && { parts }), ...(other && { other }) };
}

function bindEvents(
  spec: MetricSpec,
  map: MapDescription,
  events: EventTable,
  maps: ReadonlyMap<string, MapDescription>,
  context: DecodeContext,
  locate: Locate,
  faults: FaultCollector,
): MetricBinding | undefined {
  const read = faults.attempt(() => events.read(spec, locate));
  const labels = faults.attempt(() => compileLabels(spec, map, maps, context, locate));
  if (read === undefined || labels === undefined) return undefined;
  return {
    spec: read.spec,
    map: spec.map,
    labels,
    value: read.value,
    other: { map: events.other, value: read.value, lost: events.count },
  };
}

function checkKind({ name, type, inner, keySize: size, key }: MapDescription, location: Location | undefined): void {
  if (!mapKind(type).isReadable) throw fault('MAP_NOT_READABLE', { map: name, type }, { location });
  if (!mapKind(type).isArray) return;
  const keySize = inner?.keySize ?? size;
  if (keySize === 4 && (key === undefined || key.kind === 'integer' || key.kind === 'enum' || key.kind === 'struct'))
    return;
  const actual = key ? describeLayout(key) : `${keySize} bytes long`;
  throw fault('MAP_KEY_UNSUITABLE', { map: name, type, actual }, { location });
}
