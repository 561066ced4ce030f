import type { MetricSpec } from '../config/probe_schema.js';
import { fault } from '../errors/fault.js';
import { mapKind } from '../maps/map_kind.js';
import type { Locate } from './fault_collector.js';
import { indexLayout, type MapDescription, originOf } from './map_description.js';
import { select } from './path.js';

/**
 * The parts of an entry that are series of their own: its CPUs, the elements of an array in its value, or both. A part has
 * the key of its entry, followed by the numbers of its CPU and its element.
 */
export interface EntryParts {
  readonly perCpu: boolean;
  /** Elements of the array, 1 if the value has no `[]`. */
  readonly elements: number;
  /** Bytes from one element to the next. */
  readonly elementSize: number;
}

/** What follows the key of an entry in the key of a part. */
export const partSuffix = { size: 8, cpu: 0, index: 4 } as const;

/** A number of a part, for its decoders. */
export const partNumber = indexLayout;

/**
 * The parts that a metric shows; undefined if an entry is one series.
 * @throws MAP_NOT_PER_CPU, MAP_UNTYPED, FIELD_*
 */
export function entryParts(spec: MetricSpec, map: MapDescription, locate: Locate): EntryParts | undefined {
  const labels = Object.entries(spec.labels);
  const ofCpu = labels.find(([, label]) => label.constant === undefined && label.from === 'cpu');
  if (ofCpu !== undefined && !mapKind(map.type).isPerCpu) {
    const location = locate(['labels', ofCpu[0], 'from']);
    throw fault('MAP_NOT_PER_CPU', { map: map.name, type: map.type, setting: 'from: cpu' }, { location });
  }
  const array = spec.value?.match(elementMark) ? arrayOf(spec.value, map, locate) : undefined;
  if (ofCpu === undefined && array === undefined) return undefined;
  return { perCpu: ofCpu !== undefined, elements: 1, elementSize: 0, ...array };
}

/** The metric as it reads the first element of its array. */
export function ofFirstElement(spec: MetricSpec): MetricSpec {
  return spec.value === undefined ? spec : { ...spec, value: spec.value.replace(elementMark, '[0]') };
}

const elementMark = /\[\]/;

function arrayOf(path: string, map: MapDescription, locate: Locate): Omit<EntryParts, 'perCpu'> {
  const location = locate(['value']);
  const origin = originOf(map, 'value', location);
  const [before] = path.split(elementMark, 1);
  const { layout } = select(origin, before || undefined, location);
  // An error of the path, if it is none.
  const element = select(origin, `${before}[0]`, location);
  return { elements: layout.kind === 'array' ? layout.count : 1, elementSize: element.layout.size };
}
