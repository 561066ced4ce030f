import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { nearest } from '../nearest.js';
import type { Layout } from './layout.js';

/** A field inside a key or a value. */
export interface Selected {
  /** How the field is called in messages: `field "a.b"`, or the whole key or value. */
  readonly title: string;
  readonly layout: Layout;
  /** Bytes from the start of the key or value. */
  readonly offset: number;
  /** Set for bitfields: the first bit, from the start of the key or value. */
  readonly bits?: { readonly start: number; readonly size: number };
}

/** What a path starts from, and how messages call it: `the key of map "latency"`. */
export interface Origin {
  readonly layout: Layout;
  readonly title: string;
}

type Step = string | number;

/**
 * Finds a field by its path: `a.b`, `a[0].c`, `[1]`. Without a path, the whole.
 * @throws FIELD_PATH_INVALID, FIELD_UNKNOWN, FIELD_INDEX_INVALID, at `location`
 */
export function select(origin: Origin, path: string | undefined, location?: Location): Selected {
  let current: Selected = { title: origin.title, layout: origin.layout, offset: 0 };
  if (path === undefined) return current;
  for (const step of parsePath(path, location)) {
    current = typeof step === 'number' ? element(current, step, path, location) : member(current, step, path, location);
  }
  return { ...current, title: `field "${path}" of ${origin.title}` };
}

function parsePath(path: string, location: Location | undefined): Step[] {
  const steps: Step[] = [];
  const pattern = /(?:^|\.)([A-Za-z_]\w*)|\[(\d{1,9})\]/gy;
  while (pattern.lastIndex < path.length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(path);
    if (match === null) {
      const reason = `"${path.slice(from)}" is neither a member nor an index`;
      throw fault('FIELD_PATH_INVALID', { path, reason }, { location });
    }
    steps.push(match[1] ?? Number(match[2]));
  }
  if (steps.length === 0) throw fault('FIELD_PATH_INVALID', { path, reason: 'it is empty' }, { location });
  return steps;
}

function member(parent: Selected, name: string, path: string, location: Location | undefined): Selected {
  const { layout } = parent;
  const fields = layout.kind === 'struct' || layout.kind === 'union' ? layout.fields : [];
  const field = fields.find((candidate) => candidate.name === name);
  if (field === undefined) {
    const parameters = {
      name,
      path,
      of: `${parent.title}, ${describe(layout)},`,
      nearest: nearest(
        name,
        fields.map((candidate) => candidate.name),
      ),
      fields: fieldList(layout),
    };
    throw fault('FIELD_UNKNOWN', parameters, { location });
  }
  return {
    title: `"${name}"`,
    layout: field.layout,
    offset: parent.offset + field.offset,
    ...(field.bits && { bits: { start: parent.offset * 8 + field.bits.start, size: field.bits.size } }),
  };
}

function element(parent: Selected, index: number, path: string, location: Location | undefined): Selected {
  const { layout } = parent;
  if (layout.kind !== 'array') {
    const reason = `${parent.title} is ${describe(layout)}, which has no elements`;
    throw fault('FIELD_PATH_INVALID', { path, reason }, { location });
  }
  if (index >= layout.count) {
    throw fault('FIELD_INDEX_INVALID', { path, of: describe(layout), index, count: layout.count }, { location });
  }
  return { title: `"[${index}]"`, layout: layout.element, offset: parent.offset + index * layout.element.size };
}

const listLimit = 40;

/** The fields of a record with their types, for messages. */
export function fieldList(layout: Layout): string[] {
  if (layout.kind !== 'struct' && layout.kind !== 'union') return [];
  const list = layout.fields
    .slice(0, listLimit)
    .map(({ name, layout: { type }, bits }) => `${name} (${type}${bits ? `:${bits.size}` : ''})`);
  const more = layout.fields.length - list.length;
  return more > 0 ? [...list, `and ${more} more`] : list;
}

/** What a layout is, for messages: `__u64`, `the pointer "task_t"`, `a 16-byte integer (__int128)`. */
export function describe(layout: Layout): string {
  switch (layout.kind) {
    case 'opaque':
      return `${layout.what} (${layout.type})`;
    case 'array':
      return `an array (${layout.type})`;
    case 'pointer':
      return 'a pointer';
    case 'integer':
      return `${layout.encoding === 'bool' ? 'a bool' : `${layout.size === 8 ? 'an' : 'a'} ${layout.size}-byte integer`} (${layout.type})`;
    case 'enum':
      return `an enum (${layout.type})`;
    default:
      return `a ${layout.kind} (${layout.type})`;
  }
}
