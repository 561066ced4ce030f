import type { ProbeConfiguration } from '../config/configuration.js';
import type { Btf } from '../decode/btf/btf.js';
import { parseBtf } from '../decode/btf/parser.js';
import type { ConstantInput } from '../decode/constant_value.js';
import { constantNames, encodeConstant } from '../decode/constants.js';
import type { DecodeContext } from '../decode/context.js';
import { FaultCollector } from '../decode/fault_collector.js';
import { shownIdentity, withoutUnreadCgroup } from '../decode/identity.js';
import type { InnerMap } from '../decode/inner_map.js';
import { bindMetrics, type MetricBinding } from '../decode/metric_binding.js';
import { namesCgroups } from '../decode/names/cgroup_names.js';
import type { StackMap } from '../decode/stack_map.js';
import { Faults, fault } from '../errors/fault.js';
import { describeEvents } from '../events/event_tables.js';
import type { BpfObject } from '../kernel/addon.js';
import type { CountedBuffer } from '../kernel/event_counters.js';
import { handlerPrograms } from '../kernel/handlers.js';
import type { InitialValue, LoadRequest } from '../kernel/load_request.js';
import { calledPrograms } from '../kernel/map_filling.js';
import { companionOf, newcomersOf } from '../maps/overflow_companion.js';
import { hostNumbers } from './entry_names.js';
import { handlerRequests } from './handler_requests.js';
import { attachRequests } from './hook_checks.js';
import { mapFills } from './map_fills.js';
import { describeMaps, pinsOf, sizesOf } from './map_settings.js';
import type { OwnConstants } from './own_constants.js';
import { checkReferences } from './references.js';
import { findTwins } from './twins.js';

/** A probe file joined to its object. */
export interface BoundProbe {
  /** Where each metric lies in the maps. */
  readonly bindings: readonly MetricBinding[];
  /** Whether a label names a cgroup. */
  readonly namesCgroups: boolean;
  /** The maps that limit their new keys. */
  readonly limited: ReadonlySet<string>;
  /** The maps of stacks that labels may read, by name. */
  readonly stacks: ReadonlyMap<string, StackMap>;
  /** The maps in maps of maps, by the name of the outer one. */
  readonly inner: ReadonlyMap<string, InnerMap>;
  /** The buffers whose records are counted. */
  readonly buffers: readonly CountedBuffer[];
  /** How to load the object. Iterators fill the overflow companions of their maps too. */
  readonly request: LoadRequest;
}

/**
 * Joins a probe file to an opened object by the object's BTF. Nothing is loaded.
 * @param path of the object file
 * @throws Faults with every disagreement between the two
 */
export function bindToObject(
  configuration: ProbeConfiguration,
  object: BpfObject,
  path: string,
  context: DecodeContext,
  own: OwnConstants,
): BoundProbe {
  const raw = object.btf();
  if (raw === undefined) {
    throw new Faults([fault('OBJECT_INVALID', { path, reason: 'it has no type information (BTF)' })]);
  }
  const { spec, locate } = configuration;
  const btf = parseBtf(raw);
  const faults = new FaultCollector();
  const maps = describeMaps(btf, object, configuration, faults);
  // A map with a fault of its own would be unknown to its metrics, too.
  const faulty = new Set(object.maps().flatMap(({ name, section = name }) => (maps.has(section) ? [] : [section])));
  const events = faults.attempt(() => describeEvents(spec, btf, maps, locate));
  const ofObject = new Map(maps);
  for (const table of events?.tables ?? []) maps.set(table.name, table);
  const identity = shownIdentity(spec.metrics, maps);
  const shorter = constantNames(btf).includes('identity_cgroup') ? withoutUnreadCgroup(spec.metrics, maps) : new Map();
  for (const [name, map] of shorter) maps.set(name, map);
  const all = {
    ...own,
    identity_command: !spec.leavesOutCommand || identity.command,
    identity_cgroup: identity.cgroup,
  };
  const constants = encodeConstants(btf, configuration, all, faults);
  const programs = object.programs();
  const fills = faults.attempt(() =>
    mapFills(configuration, {
      maps: ofObject,
      programs: programs.map(({ name }) => name),
      littleEndian: btf.littleEndian,
      numbers: hostNumbers(context.roots.etc),
    }),
  );
  const called = calledPrograms({ fills: fills ?? [] });
  faults.attempt(() => checkReferences(configuration, { programs, maps: ofObject, called }));
  const bindings = events && faults.attempt(() => bindMetrics(spec, maps, context, locate, faulty));
  const handlers = faults.attempt(() => handlerRequests(btf, object, path));
  const twins = faults.attempt(() =>
    findTwins(configuration, programs, [...handlerPrograms(handlers ?? []), ...called]),
  );
  faults.throwIfAny();
  const { alternatives = [], optional = [], iterators = [], nested = {} } = spec.programs ?? {};
  return {
    bindings: bindings || [],
    buffers: events?.buffers ?? [],
    namesCgroups: namesCgroups(spec.metrics),
    stacks: new Map([...ofObject.values()].flatMap(({ name, stacks }) => (stacks ? [[name, stacks] as const] : []))),
    inner: new Map([...ofObject.values()].flatMap(({ name, inner }) => (inner ? [[name, inner] as const] : []))),
    limited: new Set([...maps.keys()].filter((name) => maps.has(newcomersOf(name)))),
    request: {
      probe: spec.probe,
      object: path,
      alternatives: [...alternatives, ...(twins ?? [])],
      optional,
      nested,
      attach: attachRequests(spec.programs),
      iterators: iterators.map(({ fills, ...iterator }) => ({
        ...iterator,
        fills: fills.flatMap((map) => [map, companionOf(map)].filter((name) => maps.has(name))),
      })),
      maxEntries: sizesOf(configuration, 'max_entries'),
      keySizes: {
        ...sizesOf(configuration, 'key_size'),
        ...Object.fromEntries([...shorter].map(([name, { keySize }]) => [name, keySize])),
      },
      valueSizes: sizesOf(configuration, 'value_size'),
      pins: pinsOf(configuration),
      fills: fills ?? [],
      handlers: handlers ?? [],
      constants,
    },
  };
}

/** The constants of the probe file, and the own constants that the object declares and the probe file leaves out. */
function encodeConstants(
  btf: Btf,
  { spec, locate }: ProbeConfiguration,
  own: Readonly<Record<string, ConstantInput>>,
  faults: FaultCollector,
): InitialValue[] {
  const declared = constantNames(btf);
  const ownOfObject = Object.entries(own).filter(([name]) => declared.includes(name) && !(name in spec.constants));
  return [
    ...Object.entries(spec.constants).map(([name, value]) =>
      faults.attempt(() => encodeConstant(btf, name, value, locate(['constants', name]))),
    ),
    ...ownOfObject.map(([name, value]) => encodeConstant(btf, name, value)),
  ].filter((constant) => constant !== undefined);
}
