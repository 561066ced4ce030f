import { describe, expect, it } from 'vitest';
import type { Layout } from '../../src/decode/layout.js';
import { integerReader, numberField } from '../../src/decode/number_field.js';
import { select } from '../../src/decode/path.js';
import { chars, operations, pointer, s32, wide } from './field_layouts.js';
import { structLayout } from './fixture_types.js';

const key = { layout: structLayout('key'), title: 'the key' };

describe('integerReader', () => {
  const bytes = Uint8Array.from([
    0x00, 0xff, 0xfe, 0x80, 0x01, 0x02, 0x03, 0x04, 0x85, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  ]);
  it.each([
    [{ offset: 1, size: 1, signed: false }, true, 255],
    [{ offset: 1, size: 1, signed: true }, true, -1],
    [{ offset: 1, size: 2, signed: false }, true, 0xfeff],
    [{ offset: 1, size: 2, signed: true }, true, 0xfeff - 0x10000],
    [{ offset: 1, size: 2, signed: false }, false, 0xfffe],
    [{ offset: 0, size: 4, signed: false }, true, 0x80feff00],
    [{ offset: 0, size: 4, signed: true }, true, 0x80feff00 - 2 ** 32],
    [{ offset: 0, size: 4, signed: false }, false, 0x00fffe80],
    [{ offset: 1, size: 8, signed: false }, true, 0x850403020180feffn],
    [{ offset: 1, size: 8, signed: true }, true, 0x850403020180feffn - 2n ** 64n],
    [{ offset: 0, size: 8, signed: false }, false, 0x00fffe8001020304n],
    [{ offset: 9, size: 8, signed: true }, true, -1],
    [{ offset: 9, size: 8, signed: false }, true, 2n ** 64n - 1n],
    [{ offset: 0, size: 2, signed: false, bits: { shift: 8, width: 4 } }, true, 0xf],
    [{ offset: 0, size: 2, signed: true, bits: { shift: 8, width: 4 } }, true, -1],
    [{ offset: 3, size: 1, signed: true, bits: { shift: 4, width: 4 } }, true, -8],
    [{ offset: 0, size: 4, signed: false, bits: { shift: 31, width: 1 } }, true, 1],
    [{ offset: 1, size: 8, signed: false, bits: { shift: 0, width: 64 } }, true, 0x850403020180feffn],
    [{ offset: 1, size: 8, signed: false, bits: { shift: 60, width: 4 } }, true, 8],
    [{ offset: 1, size: 8, signed: true, bits: { shift: 56, width: 8 } }, true, 0x85 - 256],
  ] as const)('reads %j (little endian: %s) as %s', (field, littleEndian, expected) => {
    expect(integerReader(field, littleEndian)(bytes)).toBe(expected);
  });
});

describe('numberField', () => {
  const bits = (start: number, size: number, total: number, littleEndian = true) =>
    numberField(
      {
        title: '',
        layout: { kind: 'integer', type: 'int', size: 4, signed: false, encoding: 'number', network: false },
        offset: start >> 3,
        bits: { start, size },
      },
      total,
      littleEndian,
    );

  it('loads the fewest bytes that cover a bitfield', () => {
    expect(bits(3, 4, 8)).toEqual({ offset: 0, size: 1, signed: false, bits: { shift: 3, width: 4 } });
    expect(bits(12, 8, 8)).toEqual({ offset: 1, size: 2, signed: false, bits: { shift: 4, width: 8 } });
    expect(bits(3, 4, 8, false)).toEqual({ offset: 0, size: 1, signed: false, bits: { shift: 1, width: 4 } });
  });

  it('never loads beyond the end', () => {
    // 20 bits in the last three of seven bytes take a load of four bytes that starts one byte earlier.
    expect(bits(34, 20, 7)).toEqual({ offset: 3, size: 4, signed: false, bits: { shift: 10, width: 20 } });
    expect(bits(2, 20, 3)).toBeUndefined();
  });

  it('loads 8 bytes for a wide bitfield, and nothing for one that spans 9', () => {
    expect(bits(4, 58, 16)).toEqual({ offset: 0, size: 8, signed: false, bits: { shift: 4, width: 58 } });
    expect(bits(4, 58, 16, false)).toEqual({ offset: 0, size: 8, signed: false, bits: { shift: 2, width: 58 } });
    expect(bits(4, 61, 16)).toBeUndefined();
    expect(bits(8, 24, 8)).toEqual({ offset: 1, size: 4, signed: false, bits: { shift: 0, width: 24 } });
    expect(bits(0, 8, 8)).toEqual({ offset: 0, size: 1, signed: false, bits: { shift: 0, width: 8 } });
    expect(bits(7, 2, 8)).toEqual({ offset: 0, size: 2, signed: false, bits: { shift: 7, width: 2 } });
    expect(bits(56, 8, 8)).toEqual({ offset: 7, size: 1, signed: false, bits: { shift: 0, width: 8 } });
  });

  it('is where an integer, enum or pointer lies, and undefined for other fields', () => {
    const field = (layout: Layout) => numberField({ title: '', layout, offset: 5 }, 100);
    expect(field(s32)).toEqual({ offset: 5, size: 4, signed: true });
    expect(field(operations)).toEqual({ offset: 5, size: 4, signed: true });
    expect(field(pointer)).toEqual({ offset: 5, size: 8, signed: false });
    expect(field(chars(4))).toBeUndefined();
    expect(field(wide)).toBeUndefined();
  });

  it('finds the bitfields of a compiled struct', () => {
    const field = (path: string) => integerReader(numberField(select(key, path), 88)!);
    const bytes = new Uint8Array(88);
    bytes[64] = 0b11110_101;
    bytes.set([0x78, 0x56, 0x34, 0x12, 0xff], 65);
    expect(field('first')(bytes)).toBe(5);
    expect(field('second')(bytes)).toBe(-2);
    expect(field('third')(bytes)).toBe(0xff12345678);
  });
});
