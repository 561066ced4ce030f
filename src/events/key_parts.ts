import type { LabelSpec, MetricSpec } from '../config/probe_schema.js';
import type { Layout } from '../decode/layout.js';
import { describeField } from '../decode/layout_text.js';
import { type Origin, type Selected, select } from '../decode/path.js';
import { fault, SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { KeyPart } from './plan_words.js';

/** Bytes of a field that become part of the key. Labels have at most 128 characters. */
const mostBytes = 256;

/** The fields of a record that the labels of a stream's metrics read, one after the other. */
export class KeyParts {
  readonly parts: readonly KeyPart[];
  readonly #starts = new Map<string, number>();
  readonly #size: number;

  /** Fields that cannot be read are left out: binding the labels reports them. */
  constructor(metrics: readonly MetricSpec[], record: Origin) {
    const parts = new Map<string, KeyPart>();
    let size = 0;
    for (const label of metrics.flatMap(({ labels }) => Object.values(labels))) {
      for (const field of fieldsOf(label, record)) {
        const part = partOf(field);
        if (part === undefined) continue;
        const name = nameOf(part);
        const known = parts.get(name);
        parts.set(name, { ...part, isText: part.isText && readsText(label) && known?.isText !== false });
        if (known) continue;
        this.#starts.set(name, size);
        size += part.size;
      }
    }
    this.parts = [...parts.values()];
    this.#size = size;
  }

  /** A key has at least one byte. */
  get size(): number {
    return Math.max(1, this.#size);
  }

  /**
   * Where a field of the record lies in the key.
   * @throws FIELD_UNSUITABLE, at `location`, if a label cannot read it
   */
  place(field: Selected, location: Location | undefined): Selected {
    const part = partOf(field);
    const start = part && this.#starts.get(nameOf(part));
    if (part === undefined || start === undefined) {
      const requirement = `a label of events must be a field of at most ${mostBytes} bytes, or text`;
      throw fault('FIELD_UNSUITABLE', { requirement, problem: describeField(field) }, { location });
    }
    const moved = start - part.offset;
    const { bits, layout } = field;
    return {
      ...field,
      layout: cut(layout, part.size),
      offset: field.offset + moved,
      ...(bits && { bits: { ...bits, start: bits.start + moved * 8 } }),
    };
  }
}

/** The field of a label, and those that its decoders read besides. */
function fieldsOf(label: LabelSpec, record: Origin): Selected[] {
  if (label.constant !== undefined) return [];
  const others = (label.decode ?? []).flatMap((step) => ('pid' in step ? [step.pid] : []));
  return [label.field, ...others].flatMap((path) => {
    try {
      return [select(record, path)];
    } catch (error) {
      if (error instanceof SantaError) return [];
      throw error;
    }
  });
}

function partOf({ layout, offset, bits }: Selected): KeyPart | undefined {
  if (bits) {
    const first = bits.start >>> 3;
    return { offset: first, size: ((bits.start + bits.size - 1) >>> 3) - first + 1, isText: false };
  }
  if (isText(layout))
    return { offset, size: layout.count === 0 ? mostBytes : Math.min(layout.count, mostBytes), isText: true };
  return layout.size === 0 || layout.size > mostBytes ? undefined : { offset, size: layout.size, isText: false };
}

function isText(layout: Layout): layout is Layout & { readonly kind: 'array' } {
  return layout.kind === 'array' && layout.element.kind === 'integer' && layout.element.encoding === 'char';
}

/** A long text ends with its part of the key, and a flexible array has the size of its part. */
function cut(layout: Layout, size: number): Layout {
  return isText(layout) && layout.count !== size ? { ...layout, size, count: size } : layout;
}

/** Other decoders than these read every byte of a char array. */
function readsText(label: LabelSpec): boolean {
  const first = label.constant === undefined ? label.decode?.[0]?.kind : undefined;
  return first === undefined || first === 'string' || first === 'map' || first === 'regex';
}

function nameOf({ offset, size }: KeyPart): string {
  return `${offset} ${size}`;
}
