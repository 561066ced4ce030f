import type { DecoderSpec } from '../../config/probe_schema.js';
import type { TextDecoder } from '../decoder.js';

/** Replaces text by a table. Text that is not in the table becomes the default, with the text for `{}`, or stays as it is without one. */
export function mapText(spec: Pick<Extract<DecoderSpec, { kind: 'map' }>, 'values' | 'default'>): TextDecoder {
  const table = new Map(Object.entries(spec.values));
  const [before, after] = spec.default === undefined ? ['', ''] : splitOnce(spec.default);
  if (after === undefined) return (text) => table.get(text) ?? before;
  return (text) => table.get(text) ?? before + text + after;
}

function splitOnce(template: string): [before: string, after: string | undefined] {
  const at = template.indexOf('{}');
  return at === -1 ? [template, undefined] : [template.slice(0, at), template.slice(at + 2)];
}
