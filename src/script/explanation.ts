import type { ScriptMap } from '../config/compiled_script.js';
import { SourceMap } from '../config/source_map.js';
import { valueText } from './check/value_type.js';
import type { GeneratedScript } from './compile_script.js';
import type { KnownExpression } from './generate/lowering.js';
import type { IrMap } from './ir/program.js';
import { bytesOf, instructionCounts } from './object/assemble.js';
import { sizeOf, typeText } from './resolve/c_type.js';

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

export interface ExplanationSettings {
  readonly file: string;
  /** The script. */
  readonly text: string;
  readonly prefix: string;
  /** CPUs of the host: maps of aggregations have a value for each. */
  readonly cpus: number;
}

/** What a script was compiled to, for a person: hooks, types, maps, metrics, and what was left out. */
export function explained(
  { object, script, expressions }: GeneratedScript,
  { file, text, prefix, cpus }: ExplanationSettings,
): string {
  const { maps, notices } = script;
  const counts = instructionCounts(object);
  const programs = counts.filter(({ section }) => section !== undefined);
  const shared = counts.filter(({ section }) => section === undefined);
  const metrics = maps.flatMap((map) =>
    map.metrics.map((metric) => [`${prefix}${metric.name}`, metricText(map, metric)] as const),
  );
  const parts = [
    section(
      'Programs',
      programs.map((program) => [program.section!, `${costText(program)}, ${program.name}`]),
    ),
    section(
      'Functions that programs call',
      shared.map((one) => [one.name, costText(one)]),
    ),
    section('Expressions', expressionRows(expressions, { file, text })),
    section(
      'Maps',
      object.maps.map((map) => [map.name, mapText(map, cpus)]),
    ),
    section('Metrics', metrics),
    section(
      'Remarks',
      notices.map(({ line, column, text }) => [`${file}:${line}:${column}`, text]),
    ),
  ];
  return `${parts.filter((text) => text !== '').join('\n\n')}\n`;
}

/** Instructions of all paths: a run takes one of them. */
function costText({ instructions, calls }: { readonly instructions: number; readonly calls: number }): string {
  return `${counted(instructions, 'instruction')}, ${counted(calls, 'call')} of the kernel`;
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Each expression once, where it is first. */
function expressionRows(
  expressions: readonly KnownExpression[],
  { file, text }: { readonly file: string; readonly text: string },
): (readonly [string, string])[] {
  const locator = new SourceMap(file, text);
  const rows = new Map<string, string>();
  const shown = new Set<string>();
  for (const { place, type, field } of expressions) {
    const code = text.slice(place.start, place.end).replace(/\s+/g, ' ');
    const what = `${code}: ${type.kind === 'nothing' && field !== undefined ? typeText(field.member.type) : valueText(type)}${fieldText(field)}`;
    if (shown.has(what) || (type.kind === 'nothing' && field === undefined)) continue;
    shown.add(what);
    const { line, column } = locator.at(place.start);
    rows.set(`${line}:${column} ${what}`, what);
  }
  return [...rows].map(([key, what]) => [key.slice(0, key.indexOf(' ')), what]);
}

function fieldText(field: KnownExpression['field']): string {
  if (field === undefined) return '';
  const { of, member } = field;
  const { offset, bits, type, located } = member;
  const size =
    bits === undefined ? counted(sizeOf(type), 'byte') : `${counted(bits.width, 'bit')} from bit ${bits.shift}`;
  const what = located === undefined ? size : 'length and place';
  return `, ${what} at offset ${offset} of ${of.name === '' ? typeText(of) : of.name}`;
}

function mapText({ type, entries, key, value }: IrMap, cpus: number): string {
  const [keyBytes, valueBytes] = [key, value].map((part) => (part === undefined ? 0 : bytesOf(part))) as [
    number,
    number,
  ];
  const isPerCpu = mapTypes[type]?.includes('per-CPU') ?? false;
  const sizes = [key && `keys of ${keyBytes} bytes`, value && `values of ${valueBytes} bytes`].filter(Boolean);
  const padded = (bytes: number) => Math.ceil(bytes / 8) * 8;
  const most = entries * (padded(keyBytes) + padded(valueBytes) * (isPerCpu ? cpus : 1));
  const count = `${entries} ${entries === 1 ? 'entry' : 'entries'}`;
  return `${mapTypes[type] ?? `type ${type}`}, ${count}, ${sizes.join(', ')}: ${sizeText(most)} at most`;
}

function sizeText(bytes: number): string {
  if (bytes < 1 << 10) return `${bytes} bytes`;
  return bytes < 1 << 20 ? `${Math.ceil(bytes / (1 << 10))} KiB` : `${(bytes / (1 << 20)).toFixed(1)} MiB`;
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
