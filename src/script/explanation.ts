import type { CompiledScript, ScriptMap } from '../config/compiled_script.js';
import type { IrMap, IrObject } from './ir/program.js';
import { bytesOf, instructionCounts } from './object/assemble.js';

/** `enum bpf_map_type`, those that scripts use. */
const mapTypes: Readonly<Record<number, string>> = {
  1: 'hash',
  2: 'array',
  5: 'per-CPU hash',
  6: 'per-CPU array',
  7: 'stacks',
  9: 'LRU hash',
  10: 'per-CPU LRU hash',
};

/** What a script was compiled to, for a person: hooks, maps, metrics, and what was left out. */
export function explained(
  object: IrObject,
  { maps, notices }: Omit<CompiledScript, 'object'>,
  { file, prefix }: { readonly file: string; readonly prefix: string },
): string {
  const counts = instructionCounts(object);
  const programs = counts.filter(({ section }) => section !== undefined);
  const metrics = maps.flatMap((map) =>
    map.metrics.map((metric) => [`${prefix}${metric.name}`, metricText(map, metric)] as const),
  );
  const parts = [
    section(
      'Programs',
      programs.map(({ name, section: hook, instructions }) => [hook!, `${instructions} instructions, ${name}`]),
    ),
    section(
      'Maps',
      object.maps.map((map) => [map.name, mapText(map)]),
    ),
    section('Metrics', metrics),
    section(
      'Remarks',
      notices.map(({ line, column, text }) => [`${file}:${line}:${column}`, text]),
    ),
  ];
  return `${parts.filter((text) => text !== '').join('\n\n')}\n`;
}

function mapText({ type, entries, key, value }: IrMap): string {
  const sizes = [key && `keys of ${bytesOf(key)} bytes`, value && `values of ${bytesOf(value)} bytes`].filter(Boolean);
  return `${mapTypes[type] ?? `type ${type}`}, ${entries} ${entries === 1 ? 'entry' : 'entries'}, ${sizes.join(', ')}`;
}

function metricText({ name, labels }: ScriptMap, { type }: Readonly<Record<string, unknown>>): string {
  const names = labels.map((label) => label.name);
  return `${type} of map ${name}${names.length === 0 ? '' : `, by ${names.join(', ')}`}`;
}

/** Lines in two columns. */
function section(title: string, rows: readonly (readonly [string, string])[]): string {
  if (rows.length === 0) return '';
  const width = Math.min(60, Math.max(...rows.map(([left]) => left.length)));
  return [title, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)].join('\n');
}
