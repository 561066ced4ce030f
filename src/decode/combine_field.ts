import type { CombineSpec } from '../config/combine_schema.js';
import type { MetricSpec } from '../config/probe_schema.js';
import { fault } from '../errors/fault.js';
import { mapKind } from '../maps/map_kind.js';
import type { Locate } from './fault_collector.js';
import { integerField } from './integer_field.js';
import { type MapDescription, originOf } from './map_description.js';
import type { NumberField } from './number_field.js';
import { select } from './path.js';

/** How the values of an entry's CPUs become one: `last` is the one whose `writtenAt` is highest, `average` their sum divided by that of `count`. */
export type CombineField =
  | { readonly kind: Extract<CombineSpec, string> }
  | { readonly kind: 'last'; readonly writtenAt: NumberField }
  | { readonly kind: 'average'; readonly count: NumberField };

/**
 * How a metric combines the values of the CPUs; undefined if there is one value, or if they are summed as counts are.
 * @throws CPUS_NOT_COMBINED, MAP_NOT_PER_CPU, FIELD_*
 */
export function combineField(spec: MetricSpec, map: MapDescription, locate: Locate): CombineField | undefined {
  const { combine } = spec;
  const { isPerCpu } = mapKind(map.type);
  if (combine === undefined) {
    const isSplit = Object.values(spec.labels).some((label) => label.constant === undefined && label.from === 'cpu');
    if (spec.type !== 'gauge' || !isPerCpu || isSplit) return undefined;
    throw fault(
      'CPUS_NOT_COMBINED',
      { metric: spec.name, map: map.name, type: map.type },
      { location: locate(['map']) },
    );
  }
  const location = locate(['combine']);
  if (!isPerCpu) throw fault('MAP_NOT_PER_CPU', { map: map.name, type: map.type, setting: 'combine' }, { location });
  if (typeof combine === 'string') return { kind: combine };
  const at = locate(['combine', 'last' in combine ? 'last' : 'average']);
  const value = originOf(map, 'value', at);
  const field = (path: string, what: string) =>
    integerField(select(value, path, at), value.layout.size, `${what} of gauge "${spec.name}"`, at);
  return 'last' in combine
    ? { kind: 'last', writtenAt: field(combine.last, 'the time') }
    : { kind: 'average', count: field(combine.average, 'the number of values') };
}
