import { fault } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import { nearest } from '../nearest.js';
import type { Bits, Layout } from './layout.js';
import { describeLayout, listFields } from './layout_text.js';

/** A field of a key or a value. */
export interface Selected {
  /** The name of the field in messages: `field "a.b" of the key of map "m"`, or the whole key or value. */
  readonly title: string;
  readonly layout: Layout;
  /** Bytes from the start of the key or value. */
  readonly offset: number;
  /** Set for bitfields; counted from the first bit of the key or value. */
  readonly bits?: Bits;
}

/** What a path starts from, and its name in messages: `the key of map "latency"`. */
export interface Origin {
  readonly layout: Layout;
  readonly title: string;
  /** Bytes that are read, if they are not those of the layout. */
  readonly size?: number;
  /** Where a field of the layout lies in these bytes. */
  readonly place?: (field: Selected) => Selected;
}

interface Step {
  /** A member's name, or an element's index. */
  readonly to: string | number;
  /** The path up to and including this step. */
  readonly path: string;
}

/**
 * Finds a field by its path: `a.b`, `a[0].c`, `[1]`. Without a path, the whole key or value.
 * @throws FIELD_PATH_INVALID, FIELD_UNKNOWN, FIELD_INDEX_INVALID, at `location`
 */
export function select(origin: Origin, path: string | undefined, location?: Location): Selected {
  let current: Selected = { title: origin.title, layout: origin.layout, offset: 0 };
  if (path === undefined) return placed(origin, current);
  for (const { to, path: reached } of parsePath(path, location)) {
    const found = typeof to === 'number' ? element(current, to, reached, location) : member(current, to, location);
    current = { title: `field "${reached}" of ${origin.title}`, ...found };
  }
  return placed(origin, current);
}

function placed({ place }: Origin, field: Selected): Selected {
  return place ? place(field) : field;
}

function parsePath(path: string, location: Location | undefined): Step[] {
  if (path === '') throw fault('FIELD_PATH_INVALID', { path, reason: 'it is empty' }, { location });
  const steps: Step[] = [];
  const pattern = /(?:^|\.)([A-Za-z_]\w*)|\[(\d{1,9})\]/gy;
  while (pattern.lastIndex < path.length) {
    const rest = path.slice(pattern.lastIndex);
    const match = pattern.exec(path);
    if (match === null) {
      const reason = `"${rest}" is neither a member nor an index`;
      throw fault('FIELD_PATH_INVALID', { path, reason }, { location });
    }
    steps.push({ to: match[1] ?? Number(match[2]), path: path.slice(0, pattern.lastIndex) });
  }
  return steps;
}

type Found = Omit<Selected, 'title'>;

function member({ title, layout, offset }: Selected, name: string, location: Location | undefined): Found {
  const fields = layout.kind === 'struct' || layout.kind === 'union' ? layout.fields : [];
  const field = fields.find((candidate) => candidate.name === name);
  if (field === undefined) {
    const names = fields.map((candidate) => candidate.name);
    throw fault(
      'FIELD_UNKNOWN',
      { parent: title, type: layout.type, name, fields: listFields(layout), nearest: nearest(name, names) },
      { location },
    );
  }
  return {
    layout: field.layout,
    offset: offset + field.offset,
    ...(field.bits && { bits: { start: offset * 8 + field.bits.start, size: field.bits.size } }),
  };
}

function element({ title, layout, offset }: Selected, index: number, path: string, location?: Location): Found {
  if (layout.kind !== 'array') {
    const reason = `${title} is ${describeLayout(layout)}, not an array`;
    throw fault('FIELD_PATH_INVALID', { path, reason }, { location });
  }
  if (index >= layout.count) {
    throw fault('FIELD_INDEX_INVALID', { path, index, type: layout.type, count: layout.count }, { location });
  }
  return { layout: layout.element, offset: offset + index * layout.element.size };
}
