import type { ArrayLayout, EnumLayout, IntegerLayout, Layout } from '../../src/decode/layout.js';

export function integer(size: 1 | 2 | 4 | 8, signed = false, extra: Partial<IntegerLayout> = {}): IntegerLayout {
  return { kind: 'integer', type: 'int', size, signed, encoding: 'number', network: false, ...extra };
}

export function array(element: Layout, count: number): ArrayLayout {
  return { kind: 'array', type: `${element.type}[${count}]`, size: element.size * count, element, count };
}

export function chars(count: number): ArrayLayout {
  return array(integer(1, true, { encoding: 'char', type: 'char' }), count);
}

export const u8 = integer(1);
export const u16 = integer(2);
export const u32 = integer(4);
export const u64 = integer(8);
export const s32 = integer(4, true);
export const s64 = integer(8, true);
export const flag = integer(1, false, { encoding: 'bool', type: 'bool' });
export const be16 = integer(2, false, { network: true, type: '__be16' });
export const be32 = integer(4, false, { network: true, type: '__be32' });
export const pointer: Layout = { kind: 'pointer', type: 'pointer', size: 8 };
export const bytes16 = array(u8, 16);
export const address: Layout = { kind: 'struct', type: 'struct in6_addr', size: 16, fields: [] };
export const wide: Layout = { kind: 'opaque', type: '__int128', size: 16, what: 'a 16-byte integer' };
export const operations: EnumLayout = {
  kind: 'enum',
  type: 'enum operation',
  size: 4,
  signed: true,
  names: new Map([
    [0, 'READ'],
    [-1, 'NONE'],
  ]),
};
