import type { ProbeConfiguration } from '../config/configuration.js';
import { parseBtf } from '../decode/btf/parser.js';
import { constantNames, encodeConstant } from '../decode/constants.js';
import type { DecodeContext } from '../decode/context.js';
import { describeMap, type MapDescription } from '../decode/map_description.js';
import { bindMetrics, type MetricBinding } from '../decode/metric_binding.js';
import { Faults, fault, SantaError } from '../errors/fault.js';
import type { BpfObject, ProgramDescription } from '../kernel/addon.js';
import type { InitialValue, IteratorRequest } from '../kernel/load_request.js';
import { isIterator } from '../kernel/program_section.js';
import { mapKind } from '../maps/map_kind.js';
import { companionOf } from '../maps/overflow_companion.js';
import { nearest } from '../nearest.js';

/** Constants that the loader sets where a program has them: bpf/include/start_time.h, own_process.h and memory_types.h say what for. */
export interface OwnConstants {
  /** Whether the kernel can keep values with a task. */
  readonly has_task_storage: boolean;
  readonly exporter_pid: number;
  /** Inode of the namespace in which that is the exporter's process id. */
  readonly exporter_pid_namespace: number;
  /** Size of a page of memory. */
  readonly page_bytes: number;
}

/** What the object's BTF says about a probe file: where every metric lies, and the bytes of its constants. */
export interface BoundProbe {
  readonly bindings: readonly MetricBinding[];
  readonly constants: readonly InitialValue[];
  /** As in the probe file, with the overflow companions of the maps that are filled. */
  readonly iterators: readonly IteratorRequest[];
}

/**
 * Joins a probe file to an opened object. Nothing is loaded.
 * @throws Faults with everything in which the two do not agree
 */
export function bindToObject(
  configuration: ProbeConfiguration,
  object: BpfObject,
  path: string,
  context: DecodeContext,
  ownConstants: OwnConstants,
): BoundProbe {
  const raw = object.btf();
  if (raw === undefined) {
    throw new Faults([fault('OBJECT_INVALID', { path, reason: 'it has no type information (BTF)' })]);
  }
  const btf = parseBtf(raw);
  const maps = new Map<string, MapDescription>();
  for (const map of object.maps()) {
    const name = map.section ?? map.name;
    maps.set(name, describeMap(btf, { ...map, name, type: map.typeName }));
  }
  const faults: SantaError[] = [];
  const collect = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof Faults) {
        faults.push(...error.faults);
      } else if (error instanceof SantaError) {
        faults.push(error);
      } else {
        throw error;
      }
      return otherwise;
    }
  };
  const constants = Object.entries(configuration.spec.constants).flatMap(([name, value]) =>
    collect(() => [encodeConstant(btf, name, value, configuration.locate(['constants', name]))], []),
  );
  const names = constantNames(btf);
  for (const [name, value] of Object.entries(ownConstants)) {
    if (names.includes(name) && !(name in configuration.spec.constants)) {
      constants.push(encodeConstant(btf, name, value));
    }
  }
  faults.push(
    ...unknownNames(configuration, object.programs(), maps),
    ...unsuitableIterators(configuration, object.programs(), maps),
  );
  const bindings = collect(() => bindMetrics(configuration.spec, maps, context, configuration.locate), []);
  if (faults.length > 0) {
    throw new Faults(faults);
  }
  const iterators = (configuration.spec.programs?.iterators ?? []).map(({ program, fills }) => ({
    program,
    fills: fills.flatMap((map) => [map, companionOf(map)].filter((name) => maps.has(name))),
  }));
  return { bindings, constants, iterators };
}

/** What is listed under `iterators` and is none, or is to fill what cannot be emptied. */
function unsuitableIterators(
  { spec, locate }: ProbeConfiguration,
  programs: readonly ProgramDescription[],
  maps: ReadonlyMap<string, MapDescription>,
): SantaError[] {
  return (spec.programs?.iterators ?? []).flatMap(({ program, fills }, i) => {
    const section = programs.find(({ name }) => name === program)?.section;
    const at = ['programs', 'iterators', i];
    return [
      ...(section === undefined || isIterator(section)
        ? []
        : [fault('PROGRAM_NOT_ITERATOR', { program, section }, { location: locate([...at, 'program']) })]),
      ...fills.flatMap((map, j) => {
        const type = maps.get(map)?.type;
        if (type === undefined || mapKind(type).isReadable) return [];
        return [fault('MAP_NOT_EMPTIABLE', { map, type }, { location: locate([...at, 'fills', j]) })];
      }),
    ];
  });
}

/** Programs and maps that the probe file names apart from its metrics, and the object does not have. */
function unknownNames(
  { spec, locate }: ProbeConfiguration,
  programs: readonly ProgramDescription[],
  maps: ReadonlyMap<string, MapDescription>,
): SantaError[] {
  const known = programs.map(({ name }) => name);
  const knownMaps = [...maps.keys()];
  const iterators = spec.programs?.iterators ?? [];
  const named = [
    ...(spec.programs?.alternatives ?? []).flatMap((group, i) =>
      group.map((program, j) => ({ program, path: ['alternatives', i, j] })),
    ),
    ...(spec.programs?.optional ?? []).map((program, i) => ({ program, path: ['optional', i] })),
    ...(spec.programs?.perfEvents ?? []).map(({ program }, i) => ({ program, path: ['perf_events', i, 'program'] })),
    ...iterators.map(({ program }, i) => ({ program, path: ['iterators', i, 'program'] })),
  ];
  const namedMaps = [
    ...Object.keys(spec.maps).map((map) => ({ map, path: ['maps', map] })),
    ...iterators.flatMap(({ fills }, i) =>
      fills.map((map, j) => ({ map, path: ['programs', 'iterators', i, 'fills', j] })),
    ),
  ];
  return [
    ...named
      .filter(({ program }) => !known.includes(program))
      .map(({ program, path }) =>
        fault(
          'PROGRAM_UNKNOWN',
          { program, known, nearest: nearest(program, known) },
          { location: locate(['programs', ...path]) },
        ),
      ),
    ...namedMaps
      .filter(({ map }) => !maps.has(map))
      .map(({ map, path }) =>
        fault('MAP_UNKNOWN', { map, known: knownMaps, nearest: nearest(map, knownMaps) }, { location: locate(path) }),
      ),
  ];
}
