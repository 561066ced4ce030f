import type { Layout } from './layout.js';
import type { Selected } from './path.js';

const listLimit = 40;

/** The fields of a record with their types, for messages: `pid (__u32)`. Empty for other layouts. */
export function listFields(layout: Layout): string[] {
  if (layout.kind !== 'struct' && layout.kind !== 'union') return [];
  const list = layout.fields
    .slice(0, listLimit)
    .map(({ name, layout: { type }, bits }) => `${name} (${type}${bits ? `:${bits.size}` : ''})`);
  const more = layout.fields.length - list.length;
  return more > 0 ? [...list, `${more} more`] : list;
}

/** A noun phrase for messages: `a 4-byte integer (__u32)`, `an array (char[16])`, `a pointer`. */
export function describeLayout(layout: Layout): string {
  switch (layout.kind) {
    case 'opaque':
      return `${layout.what} (${layout.type})`;
    case 'array':
      return `an array (${layout.type})`;
    case 'pointer':
      return 'a pointer';
    case 'integer': {
      const article = layout.size === 8 ? 'an' : 'a';
      const what = layout.encoding === 'bool' ? 'a bool' : `${article} ${layout.size}-byte integer`;
      return `${what} (${layout.type})`;
    }
    case 'enum':
      return `an enum (${layout.type})`;
    default:
      return `a ${layout.kind} (${layout.type})`;
  }
}

/** A clause for messages: `field "a" of the key of map "m" is a struct (struct s) with the fields b (__u32), c (bool)`. */
export function describeField({ title, layout, bits }: Pick<Selected, 'title' | 'layout' | 'bits'>): string {
  if (bits) return `${title} is a bitfield of ${bits.size} bits (${layout.type})`;
  const fields = listFields(layout);
  return `${title} is ${describeLayout(layout)}${fields.length === 0 ? '' : ` with the fields ${fields.join(', ')}`}`;
}
