import { endianness } from 'node:os';
import { type Integer, narrow, toInteger } from './integer.js';
import type { Selected } from './path.js';

/** Where a number lies in a value or a key, in the host's byte order. */
export interface NumberField {
  /** Bytes from the start of the key, or of one CPU's value. */
  readonly offset: number;
  /** Bytes to load; `offset + size` is never beyond the key or value. */
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** A bitfield: shift the loaded integer right by `shift` and keep `width` bits. */
  readonly bits?: { readonly shift: number; readonly width: number };
  /** A floating-point number of 4 or 8 bytes. */
  readonly isFloat?: true;
}

const hostIsLittleEndian = endianness() === 'LE';

/**
 * Where the bits of an integer, enum, bool or pointer lie.
 * @param total size of the whole key or value, which no load exceeds
 * @returns undefined for other fields, and for a bitfield that no single load of up to 8 bytes covers
 */
export function numberField(
  { layout, offset, bits }: Selected,
  total: number,
  littleEndian: boolean = hostIsLittleEndian,
): NumberField | undefined {
  if (layout.kind !== 'integer' && layout.kind !== 'enum' && layout.kind !== 'pointer') return undefined;
  const signed = layout.kind !== 'pointer' && layout.signed;
  if (bits === undefined) return { offset, size: layout.size, signed };
  const first = bits.start >>> 3;
  const last = (bits.start + bits.size - 1) >>> 3;
  for (const size of [1, 2, 4, 8] as const) {
    const from = Math.min(first, total - size);
    if (from < 0 || last >= from + size) continue;
    const before = bits.start - from * 8;
    const shift = littleEndian ? before : size * 8 - before - bits.size;
    return { offset: from, size, signed, bits: { shift, width: bits.size } };
  }
  return undefined;
}

/** Reads one integer of a key or value. */
export type IntegerReader = (bytes: Uint8Array) => Integer;

/**
 * Compiles a function that reads one integer. It allocates only a bigint, where a number would not be exact.
 * @param littleEndian byte order of the integer: the host's, or false for network order
 */
export function integerReader(field: NumberField, littleEndian: boolean = hostIsLittleEndian): IntegerReader {
  const { offset: at, size, signed, bits } = field;
  if (bits !== undefined) return bitfieldReader(field, littleEndian);
  switch (size) {
    case 1:
      return signed ? (b) => (b[at]! << 24) >> 24 : (b) => b[at]!;
    case 2: {
      const [low, high] = littleEndian ? [at, at + 1] : [at + 1, at];
      return signed ? (b) => ((b[low]! | (b[high]! << 8)) << 16) >> 16 : (b) => b[low]! | (b[high]! << 8);
    }
    case 4: {
      const word = wordReader(at, littleEndian);
      return signed ? word : (b) => word(b) >>> 0;
    }
    case 8: {
      const low = wordReader(littleEndian ? at : at + 4, littleEndian);
      const high = wordReader(littleEndian ? at + 4 : at, littleEndian);
      return signed ? (b) => toInteger(high(b), low(b) >>> 0) : (b) => toInteger(high(b) >>> 0, low(b) >>> 0);
    }
  }
}

/** Reads 4 bytes as a signed integer. */
function wordReader(at: number, littleEndian: boolean): (bytes: Uint8Array) => number {
  return littleEndian
    ? (b) => b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)
    : (b) => b[at + 3]! | (b[at + 2]! << 8) | (b[at + 1]! << 16) | (b[at]! << 24);
}

function bitfieldReader({ offset, size, signed, bits }: NumberField, littleEndian: boolean): IntegerReader {
  const { shift, width } = bits!;
  const whole = integerReader({ offset, size, signed: false }, littleEndian);
  if (size < 8) {
    const scale = 2 ** shift;
    const modulus = 2 ** width;
    const half = signed ? modulus / 2 : modulus;
    return (b) => {
      const value = Math.floor((whole(b) as number) / scale) % modulus;
      return value >= half ? value - modulus : value;
    };
  }
  const from = BigInt(shift);
  return (b) => {
    const value = BigInt(whole(b)) >> from;
    const cut = signed ? BigInt.asIntN(width, value) : BigInt.asUintN(width, value);
    return narrow(cut);
  };
}
