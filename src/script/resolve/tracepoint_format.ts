/** The file `format` of a tracepoint: which fields its record has. */
import { type CType, character, integer, type Member, pointerTo, type RecordType } from './c_type.js';
import type { TypeTable } from './type_table.js';

const line = /^\s*field:(.+?);\s*offset:(\d+);\s*size:(\d+);(?:\s*signed:(\d);)?/;
const located = /^__(data|rel)_loc /;

/**
 * The record that a program of the tracepoint gets as its context.
 * @param format contents of the file
 * @param name for faults, such as `sched:sched_switch`
 */
export function readTracepointFormat(format: string, name: string, types: TypeTable): RecordType {
  const members = format.split('\n').flatMap((text): Member[] => {
    const [, declaration, offset, size, signed] = line.exec(text) ?? [];
    if (declaration === undefined || size === undefined) return [];
    const member = readField(declaration, Number(size), signed === '1', types);
    return member === undefined ? [] : [{ ...member, offset: Number(offset) }];
  });
  const bytes = Math.max(0, ...members.map(({ offset, type }) => offset + (type.kind === 'array' ? type.count : 8)));
  return { kind: 'record', keyword: 'struct', name, bytes, members };
}

function readField(
  declaration: string,
  size: number,
  isSigned: boolean,
  types: TypeTable,
): Omit<Member, 'offset'> | undefined {
  const [, place] = located.exec(declaration) ?? [];
  // `const char *const *argv` points to pointers.
  const plain = declaration
    .replace(located, '')
    .replace(/\b(?:const|volatile)\b/g, '')
    .replace(/\*\s+(?=\*)/g, '*');
  const [, type, stars, name, dimension] = /^\s*(.*?)\s*(\**)\s*(\w+)(\[\w*\])?$/.exec(plain) ?? [];
  if (type === undefined || name === undefined) return undefined;
  if (place !== undefined) {
    const base = elementOf(type.replace(/\s*\[\]$/, ''), 1, isSigned, types);
    return { name, type: { kind: 'array', element: base, count: 0 }, located: place === 'data' ? 'record' : 'field' };
  }
  if (stars) return { name, type: pointers(types.named(type) ?? { kind: 'void' }, stars.length) };
  if (dimension !== undefined) {
    const known = types.named(type);
    const count = Number(/\d+/.exec(dimension)?.[0] ?? NaN);
    const element = known ?? elementOf(type, Number.isNaN(count) ? 1 : size / count, isSigned, types);
    const bytes =
      element.kind === 'record' || element.kind === 'integer' || element.kind === 'opaque' ? element.bytes : 8;
    return { name, type: { kind: 'array', element, count: bytes > 0 ? Math.floor(size / bytes) : 0 } };
  }
  return { name, type: elementOf(type, size, isSigned, types) };
}

/** Arguments of system calls take 8 bytes whatever their type is: the file's size and sign decide. */
function elementOf(type: string, size: number, isSigned: boolean, types: TypeTable): CType {
  if (/\bchar$/.test(type) && size === 1) return { ...character, isSigned };
  const known = types.named(type);
  if (known !== undefined && known.kind !== 'integer') return known;
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) return { kind: 'opaque', name: type, bytes: size };
  const { isBoolean, enumeration } = known ?? integer(size, isSigned);
  return {
    kind: 'integer',
    bytes: size,
    isSigned,
    ...(isBoolean && { isBoolean }),
    ...(enumeration !== undefined && { enumeration }),
  };
}

function pointers(type: CType, depth: number): CType {
  return depth === 0 ? type : pointers(pointerTo(type), depth - 1);
}
