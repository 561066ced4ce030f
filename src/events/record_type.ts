import type { StreamSpec } from '../config/event_schema.js';
import type { Btf } from '../decode/btf/btf.js';
import type { Locate } from '../decode/fault_collector.js';
import type { RecordLayout } from '../decode/layout.js';
import type { MapDescription } from '../decode/map_description.js';
import { structOfText } from '../decode/struct_text.js';
import { layoutOf } from '../decode/type_layout.js';
import { fault } from '../errors/fault.js';
import { nearest } from '../nearest.js';

/** Names in a message. */
const shownNames = 8;

const bufferTypes = ['ringbuf', 'perf_event_array'];

/** The types of the records of a stream, and of its buffer. */
export interface RecordType {
  readonly layout: RecordLayout;
  /** Whether the buffer counts the records that did not fit. */
  readonly countsLost: boolean;
}

/**
 * Finds the struct of a stream in the object's BTF, and its buffer.
 * @param locate places below `events.NAME`
 * @throws MAP_UNKNOWN, EVENTS_BUFFER_UNSUITABLE, EVENTS_TYPE_UNKNOWN, EVENTS_TYPE_INVALID
 */
export function recordType(
  name: string,
  { buffer, type }: StreamSpec,
  btf: Btf,
  maps: ReadonlyMap<string, MapDescription>,
  locate: Locate,
): RecordType {
  const map = maps.get(buffer);
  const buffers = [...maps.values()].filter((one) => bufferTypes.includes(one.type)).map((one) => one.name);
  const at = { location: locate(['buffer']) };
  if (map === undefined)
    throw fault('MAP_UNKNOWN', { map: buffer, known: buffers, nearest: nearest(buffer, buffers) }, at);
  if (!bufferTypes.includes(map.type)) {
    throw fault('EVENTS_BUFFER_UNSUITABLE', { stream: name, map: buffer, type: map.type, buffers }, at);
  }
  const layout = type.includes('{') ? written(name, btf, type, locate) : structNamed(btf, type);
  if (layout === undefined) {
    const names = structNames(btf);
    const similar = nearest(type, names);
    const known = [...(similar === undefined ? [] : [similar]), ...names.filter((one) => one !== similar)];
    const more = known.length - shownNames;
    const shown = more > 0 ? [...known.slice(0, shownNames), `${more} more`] : known;
    const parameters = { stream: name, type, nearest: similar, known: shown };
    throw fault('EVENTS_TYPE_UNKNOWN', parameters, { location: locate(['type']) });
  }
  return { layout, countsLost: map.type === 'perf_event_array' };
}

function written(stream: string, btf: Btf, text: string, locate: Locate): RecordLayout {
  const layout = structOfText(btf, text);
  if (!('problem' in layout)) return layout;
  throw fault('EVENTS_TYPE_INVALID', { stream, ...layout }, { location: locate(['type']) });
}

function structNamed(btf: Btf, name: string): RecordLayout | undefined {
  for (const kind of ['struct', 'union', 'typedef'] as const) {
    const id = btf.find(kind, name);
    const layout = id === undefined ? undefined : layoutOf(btf, id);
    if (layout?.kind === 'struct' || layout?.kind === 'union') return layout;
  }
  return undefined;
}

/** The structs that the program itself is more likely to write come first: kernel types have no end. */
function structNames(btf: Btf): string[] {
  const names: string[] = [];
  for (let id = 1; id < btf.typeCount; id++) {
    const type = btf.type(id);
    if (type.kind === 'struct' && type.name !== '') names.push(type.name);
  }
  const isLikely = (name: string) => /event|record|data|info|entry|msg/.test(name);
  return [...new Set([...names.filter(isLikely), ...names])];
}
