/** A key as a struct in C, for objects that do not say what theirs is. */

import type { Translated } from '../ebpf_exporter/decoders.js';
import type { ForeignLabel } from '../ebpf_exporter/file_schema.js';

export type PlacedLabel = Pick<ForeignLabel, 'name' | 'size' | 'padding'> & Pick<Translated, 'as'>;

/** Labels follow each other, each with its padding. @returns undefined without labels */
export function keyStruct(labels: readonly PlacedLabel[]): string | undefined {
  if (labels.length === 0) return undefined;
  const names = new Set(labels.map(({ name }) => name));
  const members: string[] = [];
  let offset = 0;
  let alignment = 1;
  let isAligned = true;
  for (const [index, { name, size, padding, as }] of labels.entries()) {
    members.push(as === 'integer' ? `u${size * 8} ${name};` : `char ${name}[${size}];`);
    const step = as === 'integer' ? size : 1;
    alignment = Math.max(alignment, step);
    isAligned &&= offset % step === 0;
    if (padding > 0) members.push(`char ${unused(`padding_${index}`, names)}[${padding}];`);
    offset += size + padding;
  }
  isAligned &&= offset % alignment === 0;
  return `struct { ${members.join(' ')} }${isAligned ? '' : ' __attribute__((packed))'}`;
}

function unused(name: string, names: ReadonlySet<string>): string {
  return names.has(name) ? unused(`${name}_`, names) : name;
}
