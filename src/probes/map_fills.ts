import type { ProbeConfiguration } from '../config/configuration.js';
import type { FillPart, FillSpec } from '../config/fill_schema.js';
import { type MapDescription, originOf } from '../decode/map_description.js';
import { Faults, fault, SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { MapEntry, MapFill } from '../kernel/load_request.js';
import { mapKind } from '../maps/map_kind.js';
import { nearest } from '../nearest.js';
import { type EntryContext, entryBytes } from './entry_bytes.js';
import type { HostNumbers } from './entry_names.js';

/** An entry as the probe file has it. */
interface Written {
  readonly key: FillPart;
  readonly value: FillPart | undefined;
  readonly location: Location | undefined;
}

/** What the entries of maps refer to. */
export interface FillSurroundings {
  readonly maps: ReadonlyMap<string, MapDescription>;
  /** Names of the programs of the object. */
  readonly programs: readonly string[];
  readonly littleEndian: boolean;
  readonly numbers: HostNumbers;
}

/**
 * The entries that the probe file puts into maps.
 * @throws Faults MAP_NOT_FILLABLE, MAP_FILL_INVALID, MAP_FILL_UNKNOWN, PROGRAM_UNKNOWN and those of fields, with all that fail
 */
export function mapFills({ spec, locate }: ProbeConfiguration, surroundings: FillSurroundings): MapFill[] {
  const faults: SantaError[] = [];
  const fills: MapFill[] = [];
  for (const [name, { fill }] of Object.entries(spec.maps)) {
    const map = surroundings.maps.get(name);
    if (fill === undefined || map === undefined) continue;
    const isOfPrograms = map.type === 'prog_array';
    const { isReadable, isNested } = mapKind(map.type);
    if (!isOfPrograms && (!isReadable || isNested || name.startsWith('.'))) {
      faults.push(
        fault('MAP_NOT_FILLABLE', { map: name, type: map.type }, { location: locate(['maps', name, 'fill']) }),
      );
      continue;
    }
    const entries: MapEntry[] = [];
    const programs: MapFill['programs'][number][] = [];
    for (const written of writtenEntries(fill, (path) => locate(['maps', name, 'fill', ...path]))) {
      try {
        if (isOfPrograms) programs.push(programEntry(name, written, surroundings));
        else entries.push(entryOf(map, written, surroundings));
      } catch (error) {
        if (!(error instanceof SantaError)) throw error;
        faults.push(error);
      }
    }
    fills.push({ map: name, entries, programs });
  }
  if (faults.length > 0) throw new Faults(faults);
  return fills;
}

function writtenEntries(fill: FillSpec, locate: (path: (string | number)[]) => Location | undefined): Written[] {
  if (!Array.isArray(fill)) {
    return Object.entries(fill).map(([key, value]) => ({ key, value, location: locate([key]) }));
  }
  return fill.map((entry, i) => {
    const location = locate([i]);
    if (typeof entry !== 'object' || !Object.hasOwn(entry, 'key'))
      return { key: entry as FillPart, value: undefined, location };
    const { key, value } = entry;
    return { key: key as FillPart, value: value as FillPart | undefined, location };
  });
}

function entryOf(map: MapDescription, { key, value, location }: Written, surroundings: FillSurroundings): MapEntry {
  const context: EntryContext = { map: map.name, location, ...surroundings };
  return {
    key: entryBytes(originOf(map, 'key', location), key, map.type === 'lpm_trie', context),
    value: entryBytes(originOf(map, 'value', location), value ?? defaultValue(map, location), false, context),
    shown: shownPart(key),
  };
}

/** Sets of keys mostly have flags for values. */
function defaultValue({ name, value }: MapDescription, location: Location | undefined): FillPart {
  if (value?.kind === 'integer') return value.encoding === 'bool' ? true : 1;
  const title = `the value of map "${name}"`;
  const requirement = `set: \`{ key: ..., value: ... }\` (${value?.type})`;
  throw fault('MAP_FILL_INVALID', { title, requirement, received: 'nothing' }, { location });
}

function programEntry(map: string, { key, value, location }: Written, { programs }: FillSurroundings) {
  const index = Number(key);
  if (typeof key === 'object' || key === '' || !Number.isInteger(index) || index < 0 || index > 0xffffffff) {
    const title = `the key of map "${map}"`;
    throw fault(
      'MAP_FILL_INVALID',
      { title, requirement: 'an index, as in `{ 0: handle_open }`', received: shownPart(key) },
      { location },
    );
  }
  const program = String(value);
  if (typeof value === 'string' && programs.includes(program)) return { index, program };
  throw fault('PROGRAM_UNKNOWN', { program, known: programs, nearest: nearest(program, programs) }, { location });
}

function shownPart(part: FillPart): string {
  return JSON.stringify(part, (_, each) => (typeof each === 'bigint' ? String(each) : each));
}
