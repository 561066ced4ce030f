import type { ProbeConfiguration } from '../config/configuration.js';
import type { MapDescription } from '../decode/map_description.js';
import { Faults, fault, type SantaError } from '../errors/fault.js';
import type { ProgramDescription } from '../kernel/addon.js';
import { isIterator, isMapIterator } from '../kernel/program_section.js';
import { mapKind } from '../maps/map_kind.js';
import { nearest } from '../nearest.js';
import { hookFaults } from './hook_checks.js';

/** Programs and maps of an object. */
export interface ObjectContents {
  readonly programs: readonly ProgramDescription[];
  readonly maps: ReadonlyMap<string, MapDescription>;
  /** Programs that others call through a map of programs. They need no hook. */
  readonly called?: ReadonlySet<string>;
}

/**
 * Checks the programs and maps that a probe file names outside of its metrics. The object must have all of them; programs
 * under `iterators` must be iterators, maps under `fills` must be of a type that can be cleared, and every program in use must have a hook.
 * @throws Faults with all that fail
 */
export function checkReferences(configuration: ProbeConfiguration, contents: ObjectContents): void {
  const faults = [
    ...unknownPrograms(configuration, contents),
    ...unknownMaps(configuration, contents),
    ...unsuitableIterators(configuration, contents),
    ...unsuitableCgroupSet(configuration, contents),
    ...hookFaults(configuration, contents),
  ];
  if (faults.length > 0) throw new Faults(faults);
}

function unknownPrograms({ spec, locate }: ProbeConfiguration, { programs }: ObjectContents): SantaError[] {
  const known = programs.map(({ name }) => name);
  const {
    alternatives = [],
    optional = [],
    perfEvents = [],
    iterators = [],
    nested = {},
    attach = {},
  } = spec.programs ?? {};
  const named = [
    ...alternatives.flatMap((list, i) => list.map((program, j) => ({ program, path: ['alternatives', i, j] }))),
    ...optional.map((program, i) => ({ program, path: ['optional', i] })),
    ...perfEvents.map(({ program }, i) => ({ program, path: ['perf_events', i, 'program'] })),
    ...iterators.map(({ program }, i) => ({ program, path: ['iterators', i, 'program'] })),
    ...Object.keys(attach).map((program) => ({ program, path: ['attach', program] })),
    ...Object.entries(nested).flatMap(([first, twin]) =>
      [first, twin].map((program) => ({ program, path: ['nested', first] })),
    ),
  ];
  return named
    .filter(({ program }) => !known.includes(program))
    .map(({ program, path }) =>
      fault(
        'PROGRAM_UNKNOWN',
        { program, known, nearest: nearest(program, known) },
        { location: locate(['programs', ...path]) },
      ),
    );
}

function unknownMaps({ spec, locate }: ProbeConfiguration, { maps }: ObjectContents): SantaError[] {
  const known = [...maps.keys()];
  const named = [
    // A metric that reads such a map has the same fault.
    ...Object.keys(spec.maps)
      .filter((map) => spec.metrics.every((metric) => metric.map !== map))
      .map((map) => ({ map, path: ['maps', map] })),
    ...(spec.cgroupSet ? [{ map: spec.cgroupSet.map, path: ['cgroup_id_map', 'name'] }] : []),
    ...(spec.programs?.iterators ?? []).flatMap(({ fills, over }, i) => [
      ...fills.map((map, j) => ({ map, path: ['programs', 'iterators', i, 'fills', j] })),
      ...(over === undefined ? [] : [{ map: over, path: ['programs', 'iterators', i, 'over'] }]),
    ]),
  ];
  return named
    .filter(({ map }) => !maps.has(map))
    .map(({ map, path }) =>
      fault('MAP_UNKNOWN', { map, known, nearest: nearest(map, known) }, { location: locate(path) }),
    );
}

function unsuitableCgroupSet({ spec, locate }: ProbeConfiguration, { maps }: ObjectContents): SantaError[] {
  const map = spec.cgroupSet && maps.get(spec.cgroupSet.map);
  if (map === undefined) return [];
  const location = locate(['cgroup_id_map', 'name']);
  const needed = { key: spec.cgroupSet!.by === 'id' ? 8 : 4, value: 8 };
  return (['key', 'value'] as const).flatMap((part) => {
    const size = part === 'key' ? map.keySize : map.valueSize;
    if (size === needed[part]) return [];
    return [fault('MAP_TYPE_SIZE', { map: map.name, part, size, typeSize: needed[part] }, { location })];
  });
}

function unsuitableIterators({ spec, locate }: ProbeConfiguration, { programs, maps }: ObjectContents): SantaError[] {
  const listed = spec.programs?.iterators ?? [];
  const unlisted = programs.filter(
    ({ name, section, autoload }) =>
      autoload &&
      isMapIterator(section) &&
      !spec.programs?.attach?.[name]?.skip &&
      listed.every(({ program }) => program !== name),
  );
  const ofListed = listed.flatMap(({ program, fills, over }, i) => {
    const section = programs.find(({ name }) => name === program)?.section;
    const at = ['programs', 'iterators', i];
    return [
      ...(section === undefined || isIterator(section)
        ? []
        : [fault('PROGRAM_NOT_ITERATOR', { program, section }, { location: locate([...at, 'program']) })]),
      ...(section === undefined || isMapIterator(section) === (over !== undefined)
        ? []
        : [fault('ITERATOR_MAP_UNSUITABLE', { program, section }, { location: locate([...at, 'program']) })]),
      ...fills.flatMap((map, j) => {
        const type = maps.get(map)?.type;
        if (type === undefined || (mapKind(type).isReadable && !mapKind(type).isNested)) return [];
        return [fault('MAP_NOT_EMPTIABLE', { map, type }, { location: locate([...at, 'fills', j]) })];
      }),
    ];
  });
  const ofUnlisted = unlisted.map(({ name, section }) =>
    fault('ITERATOR_MAP_UNSUITABLE', { program: name, section }, { location: locate(['programs']) }),
  );
  return [...ofListed, ...ofUnlisted];
}
