import type { LabelSpec } from '../config/probe_schema.js';
import { type Translated, translateDecoders, type Untranslatable } from './decoders.js';
import type { ForeignLabel } from './file_schema.js';

/** Labels of a metric, and the struct that they lie in. */
export interface TranslatedLabels {
  readonly labels: readonly TranslatedLabel[];
  /** As in C, with a field for each label that lies in it; undefined if there is none. */
  readonly struct: string | undefined;
}

export interface TranslatedLabel {
  readonly name: string;
  readonly spec: LabelSpec;
  readonly isNumber: boolean;
}

/** What is wrong with the decoders of a label. `index` is its place in the list. */
export type LabelFault = Untranslatable & { readonly index: number };

/**
 * Labels follow each other in the key, each with its padding.
 * @param ofCpu the last label shows the CPU, and is not in the key
 * @param cgroupFolder where cgroups are mounted
 */
export function translateLabels(
  labels: readonly ForeignLabel[],
  ofCpu: boolean,
  cgroupFolder: string,
): TranslatedLabels | LabelFault[] {
  const faults: LabelFault[] = [];
  const translated: TranslatedLabel[] = [];
  const members: string[] = [];
  const names = new Set(labels.map(({ name }) => name));
  for (const [index, { name, size, padding, decoders }] of labels.entries()) {
    const result = translateDecoders(size, decoders, cgroupFolder);
    if ('problem' in result) {
      faults.push({ ...result, index });
      continue;
    }
    const { as, decode, size: read = size } = result;
    const isNumber = isPlainNumber(result);
    if (ofCpu && index === labels.length - 1) {
      translated.push({ name, isNumber, spec: { from: 'cpu', decode } });
      continue;
    }
    members.push(as === 'integer' ? `uint${read * 8}_t ${name};` : `char ${name}[${read}];`);
    const gap = size - read + padding;
    if (gap > 0) members.push(`char ${unused(`padding_${index}`, names)}[${gap}];`);
    translated.push({ name, isNumber, spec: { from: 'key', field: name, decode } });
  }
  if (faults.length > 0) return faults;
  return { labels: translated, struct: members.length === 0 ? undefined : structOf(members) };
}

/** Sizes alone say where a label lies: the types of C would be aligned. */
function structOf(members: readonly string[]): string {
  return `struct { ${members.join(' ')} } __attribute__((packed))`;
}

function isPlainNumber({ as, decode }: Translated): boolean {
  return as === 'integer' && decode.length === 1 && decode[0]!.kind === 'uint';
}

function unused(name: string, taken: ReadonlySet<string>): string {
  return taken.has(name) ? unused(`${name}_`, taken) : name;
}
