/** The labels of a map: which field of the key each shows, and how. */

import type { ScriptMap } from '../../config/compiled_script.js';
import type { KeyPart } from '../check/map_table.js';
import { storedSize, type ValueType } from '../check/value_type.js';
import type { DataField, DataType } from '../ir/program.js';

export interface KeyLayout {
  readonly type: DataType;
  readonly labels: ScriptMap['labels'];
}

/** @param name of the map */
export function keyLayout(name: string, parts: readonly KeyPart[]): KeyLayout {
  const flat = parts.flatMap(({ name, type }) => flattened(name, type));
  const names = uniqueNames(flat.map((part) => part.name));
  const fields: DataField[] = [];
  const labels: ScriptMap['labels'][number][] = [];
  let offset = 0;
  for (const [index, { type }] of flat.entries()) {
    const field = names[index]!;
    fields.push({ name: field, offset, type: dataType(type) });
    const decode = decoderOf(type);
    labels.push({ name: field, settings: { field, ...(decode !== undefined && { decode }) } });
    offset += storedSize(type);
  }
  return { type: { kind: 'struct', name: `${name}_key`, bytes: offset, fields }, labels };
}

/** The type of a value in a map, as `storeInto` writes it. */
export function dataType(type: ValueType): DataType {
  switch (type.kind) {
    case 'integer':
      return { kind: 'integer', bytes: 8, isSigned: type.isSigned };
    case 'text':
      return { kind: 'text', bytes: storedSize(type) };
    case 'bytes':
      return type.decode === 'kstack'
        ? { kind: 'array', element: { kind: 'integer', bytes: 8, isSigned: false }, count: type.bytes / 8 }
        : { kind: 'array', element: { kind: 'integer', bytes: 1, isSigned: false }, count: type.bytes };
    case 'tuple':
      return { kind: 'array', element: { kind: 'integer', bytes: 8, isSigned: false }, count: storedSize(type) / 8 };
    default:
      return { kind: 'integer', bytes: 8, isSigned: false };
  }
}

function flattened(name: string, type: ValueType): { name: string; type: ValueType }[] {
  if (type.kind !== 'tuple') return [{ name, type }];
  return type.elements.flatMap((element, index) => flattened(type.names?.[index] ?? `${name}_${index}`, element));
}

function decoderOf(type: ValueType): unknown {
  if (type.kind === 'pointer') return 'hex';
  if (type.kind === 'bytes') return type.decode;
  if (type.kind !== 'integer') return undefined;
  return type.decode ?? (type.isBoolean ? 'bool' : undefined);
}

/** Names of labels: what Prometheus takes, and no name twice. `le` belongs to histograms. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>(['le']);
  return names.map((name) => {
    const plain = name
      .replace(/\W/g, '_')
      .replace(/^_+/, '')
      .replace(/^(?=\d|$)/, 'key');
    let unique = plain;
    for (let number = 2; taken.has(unique); number++) unique = `${plain}_${number}`;
    taken.add(unique);
    return unique;
  });
}
