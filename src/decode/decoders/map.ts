import type { DecoderSpec } from '../../config/probe_schema.js';
import type { TextDecoder } from '../decoder.js';

/** Replaces text by a table. Text that is not in the table becomes the default, or stays as it is without one. */
export function mapText(spec: Pick<Extract<DecoderSpec, { kind: 'map' }>, 'values' | 'default'>): TextDecoder {
  const table = new Map(Object.entries(spec.values));
  return (text) => table.get(text) ?? spec.default ?? text;
}
