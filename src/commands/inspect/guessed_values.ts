/** What the values of a map may be: counters or histograms. Whatever the types do not say is marked as a guess. */
import type { Layout } from '../../decode/layout.js';

export interface GuessedValue {
  readonly type: 'counter' | 'histogram';
  /** The path into the value; undefined for the whole value. */
  readonly path: string | undefined;
  /** For histograms. */
  readonly shape?: { readonly unit: string | undefined; readonly buckets: string | undefined };
  /** What was guessed: a clause. */
  readonly guesses: readonly string[];
}

/** Fewer elements are rather an array of counters. */
const fewestSlots = 8;

/** @param name of the map or variable, which may name a unit */
export function guessValues(value: Layout | undefined, name: string): GuessedValue[] {
  return value === undefined ? [] : visit(value, '', name);
}

function visit(layout: Layout, path: string, name: string): GuessedValue[] {
  const at = path || undefined;
  const own = /^struct (time|size)_histogram$/.exec(layout.type)?.[1];
  if (own !== undefined) {
    const unit = own === 'time' ? 'ns' : 'bytes';
    return [{ type: 'histogram', path: at, shape: { unit, buckets: undefined }, guesses: [] }];
  }
  switch (layout.kind) {
    case 'integer':
      if (layout.encoding !== 'number' || layout.size < 4) return [];
      return [{ type: 'counter', path: at, guesses: ['that it only grows; otherwise write `type: gauge`'] }];
    case 'array': {
      const { element, count } = layout;
      const isCount = element.kind === 'integer' && element.size >= 4 && element.encoding === 'number';
      if (!isCount || count < fewestSlots) return [];
      const unit = guessUnit(`${name}_${path}`);
      const guesses = [
        'that slot i counts from 2^i to below 2^(i+1), as log2l does: docs/histograms.md has the other shapes',
        ...(unit === undefined ? [] : [`the unit ${unit}`]),
      ];
      return [{ type: 'histogram', path: at, shape: { unit, buckets: '{ edges: floor }' }, guesses }];
    }
    case 'struct': {
      // The sum beside an array of buckets belongs to the histogram.
      const hasBuckets = layout.fields.some(({ layout: { kind } }) => kind === 'array');
      return layout.fields.flatMap((field) => {
        if (field.bits || /pad|unused|lock/i.test(field.name)) return [];
        if (hasBuckets && field.name === 'sum') return [];
        return visit(field.layout, path === '' ? field.name : `${path}.${field.name}`, name);
      });
    }
    default:
      return [];
  }
}

/** The unit of a histogram by a part of a name. */
export function guessUnit(name: string): string | undefined {
  const words = name.toLowerCase().split(/[^a-z0-9]+|_/);
  const has = (...wanted: string[]) => wanted.some((word) => words.includes(word));
  if (has('ns', 'nsec', 'nsecs', 'nanoseconds')) return 'ns';
  if (has('ms', 'msec', 'msecs', 'milliseconds')) return 'ms';
  if (has('us', 'usec', 'usecs', 'microseconds', 'latency', 'lat', 'duration', 'delay', 'seconds', 'time')) return 'us';
  if (has('bytes', 'size', 'sizes', 'len')) return 'bytes';
  return undefined;
}
