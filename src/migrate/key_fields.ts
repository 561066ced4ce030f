/** Which field of a key lies where a label of ebpf_exporter says. */
import type { Layout } from '../decode/layout.js';

export interface KeyField {
  /** Undefined: the whole key. */
  readonly path: string | undefined;
  readonly layout: Layout;
}

/**
 * The field at an offset with exactly this size, whose type can be read so.
 * @param as what the decoders of the label read
 * @returns undefined if the key has no such field
 */
export function fieldAt(key: Layout, offset: number, size: number, as: 'integer' | 'bytes'): KeyField | undefined {
  return find(key, '', offset, size, as);
}

function find(
  layout: Layout,
  path: string,
  offset: number,
  size: number,
  as: 'integer' | 'bytes',
): KeyField | undefined {
  if (offset === 0 && layout.size === size && isReadable(layout, as)) return { path: path || undefined, layout };
  if (layout.kind !== 'struct' && layout.kind !== 'union') return undefined;
  for (const field of layout.fields) {
    const inside = offset - field.offset;
    if (field.bits || inside < 0 || inside >= field.layout.size) continue;
    const found = find(field.layout, path === '' ? field.name : `${path}.${field.name}`, inside, size, as);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isReadable(layout: Layout, as: 'integer' | 'bytes'): boolean {
  if (as === 'integer') return layout.kind === 'integer' || layout.kind === 'enum' || layout.kind === 'pointer';
  return layout.kind === 'array' && layout.element.kind === 'integer';
}
