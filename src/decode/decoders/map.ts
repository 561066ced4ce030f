import type { TextDecoder } from './decoder.js';

/** Rewords text by a table; without a default, what is not in the table stays as it is. */
export function mapText(values: Readonly<Record<string, string>>, otherwise: string | undefined): TextDecoder {
  const table = new Map(Object.entries(values));
  return (text) => table.get(text) ?? otherwise ?? text;
}
