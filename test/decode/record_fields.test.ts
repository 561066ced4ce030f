import { describe, expect, it } from 'vitest';
import type { Btf, BtfMember, BtfType } from '../../src/decode/btf/btf.js';
import { layoutOf } from '../../src/decode/type_layout.js';

const types: readonly BtfType[] = [
  { kind: 'void' },
  { kind: 'int', name: 'unsigned int', size: 4, encoding: 'number', bitOffset: 0, bits: 32 },
  { kind: 'enum', name: 'e', size: 4, signed: true, values: [['A', 1]] },
  { kind: 'int', name: 'odd', size: 3, encoding: 'number', bitOffset: 0, bits: 24 },
  { kind: 'enum', name: 'odd', size: 3, signed: false, values: [] },
  { kind: 'int', name: 'narrow', size: 4, encoding: 'signed', bitOffset: 2, bits: 5 },
  { kind: 'typedef', name: 'flags_t', type: 1 },
  { kind: 'struct', name: '', size: 8, members: [member('x', 1, 0), member('y', 1, 36, 3)] },
];

function member(name: string, type: number, bitOffset: number, bitSize = 0): BtfMember {
  return { name, type, bitOffset, bitSize };
}

function fieldsOf(size: number, ...members: readonly BtfMember[]) {
  const all: readonly BtfType[] = [...types, { kind: 'struct', name: 's', size, members }];
  const btf: Btf = { littleEndian: true, typeCount: all.length, type: (id) => all[id]!, find: () => undefined };
  const layout = layoutOf(btf, types.length);
  if (layout.kind !== 'struct') throw new Error('not a struct');
  return layout.fields.map(({ layout: { type }, ...field }) => ({ ...field, type }));
}

describe('the fields of a record', () => {
  it('lie where their bits are', () => {
    expect(fieldsOf(16, member('a', 1, 0), member('b', 6, 96))).toEqual([
      { name: 'a', offset: 0, type: 'unsigned int' },
      { name: 'b', offset: 12, type: 'flags_t' },
    ]);
  });

  it('are bitfields of integers and enums, named by their typedefs', () => {
    const fields = fieldsOf(
      8,
      member('a', 1, 3, 4),
      member('b', 2, 33, 31),
      member('c', 6, 31, 1),
      member('d', 1, 0, 32),
    );
    expect(fields).toEqual([
      { name: 'a', offset: 0, type: 'unsigned int', bits: { start: 3, size: 4 } },
      { name: 'b', offset: 4, type: 'enum e', bits: { start: 33, size: 31 } },
      { name: 'c', offset: 3, type: 'flags_t', bits: { start: 31, size: 1 } },
      { name: 'd', offset: 0, type: 'unsigned int', bits: { start: 0, size: 32 } },
    ]);
  });

  it('are ordinary fields if they have no width', () => {
    expect(fieldsOf(8, member('a', 2, 32))).toEqual([{ name: 'a', offset: 4, type: 'enum e' }]);
  });

  it('have their place and width from narrow integers', () => {
    expect(fieldsOf(8, member('a', 5, 32))).toEqual([
      { name: 'a', offset: 4, type: 'narrow', bits: { start: 34, size: 5 } },
    ]);
  });

  it('are left out if they only fill a gap', () => {
    expect(fieldsOf(8, member('', 1, 0, 5), member('a', 1, 5, 3), member('', 1, 32))).toEqual([
      { name: 'a', offset: 0, type: 'unsigned int', bits: { start: 5, size: 3 } },
    ]);
  });

  it('include those of anonymous members, bitfields too', () => {
    expect(fieldsOf(24, member('', 7, 64), member('z', 1, 160))).toEqual([
      { name: 'x', offset: 8, type: 'unsigned int' },
      { name: 'y', offset: 12, type: 'unsigned int', bits: { start: 100, size: 3 } },
      { name: 'z', offset: 20, type: 'unsigned int' },
    ]);
  });

  it('are whole fields when their type cannot be a bitfield', () => {
    expect(fieldsOf(8, member('a', 3, 8, 2), member('b', 4, 40, 2))).toEqual([
      { name: 'a', offset: 1, type: 'odd' },
      { name: 'b', offset: 5, type: 'enum odd' },
    ]);
  });

  it.each<[string, number, BtfMember, string]>([
    ['starts inside a byte', 8, member('a', 7, 4), 'member "a" of "s" starts at bit 4, inside a byte'],
    ['ends beyond the record', 7, member('a', 1, 32), 'member "a" of "s" ends beyond the record'],
    ['is wider than its type', 8, member('a', 1, 0, 33), 'member "a" of "s" is a bitfield of 33 bits in 4 bytes'],
    [
      'ends beyond the record in bits',
      4,
      member('a', 1, 1, 32),
      'member "a" of "s" is a bitfield that ends beyond the record',
    ],
  ])('are refused when one %s', (_, size, wrong, reason) => {
    expect(() => fieldsOf(size, wrong)).toThrow(
      expect.objectContaining({ code: 'BTF_INVALID', message: expect.stringContaining(reason) }),
    );
  });
});
