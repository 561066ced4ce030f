/** Which field of a key lies where a label of ebpf_exporter says. */
import type { Layout } from '../decode/layout.js';

export interface KeyField {
  /** Undefined: the whole key. */
  readonly path: string | undefined;
  readonly layout: Layout;
}

/**
 * The field at an offset that has this size, and whose type can be read so. A number may be smaller if what follows it is padding:
 * the compiler aligns fields, and ebpf_exporter counts the gap as a part of the label.
 * @param as what the decoders of the label read
 * @returns undefined if the key has no such field
 */
export function fieldAt(key: Layout, offset: number, size: number, as: 'integer' | 'bytes'): KeyField | undefined {
  const exact = find(key, '', offset, (layout) => layout.size === size && isReadable(layout, as));
  if (exact !== undefined || as === 'bytes') return exact;
  const smaller = find(key, '', offset, (layout) => layout.size < size && isReadable(layout, as));
  if (smaller === undefined) return undefined;
  return isPadding(key, offset + smaller.layout.size, offset + size) ? smaller : undefined;
}

function find(layout: Layout, path: string, offset: number, fits: (layout: Layout) => boolean): KeyField | undefined {
  if (offset === 0 && fits(layout)) return { path: path || undefined, layout };
  if (layout.kind !== 'struct' && layout.kind !== 'union') return undefined;
  for (const field of layout.fields) {
    const inside = offset - field.offset;
    if (field.bits || inside < 0 || inside >= field.layout.size) continue;
    const found = find(field.layout, path === '' ? field.name : `${path}.${field.name}`, inside, fits);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether no field has one of these bytes. */
function isPadding(layout: Layout, start: number, end: number): boolean {
  if (end > layout.size) return false;
  if (layout.kind !== 'struct' && layout.kind !== 'union') return start >= layout.size || end <= 0;
  return layout.fields.every(({ offset, layout: inner }) => {
    const [from, to] = [Math.max(start - offset, 0), Math.min(end - offset, inner.size)];
    return from >= to || isPadding(inner, from, to);
  });
}

function isReadable(layout: Layout, as: 'integer' | 'bytes'): boolean {
  if (as === 'integer') return layout.kind === 'integer' || layout.kind === 'enum' || layout.kind === 'pointer';
  return layout.kind === 'array' && layout.element.kind === 'integer';
}
