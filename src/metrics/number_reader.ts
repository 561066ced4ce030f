import { endianness } from 'node:os';
import type { NumberField } from '../decode/number_field.js';

/** The host's byte order, which every map has. */
export const littleEndian = endianness() === 'LE';
const lowWord = littleEndian ? 0 : 4;
const highWord = 4 - lowWord;
const highUnit = 4_294_967_296;

/** Reads a number of the entry that starts at `at`, as the nearest double. Values of a per-CPU map are summed. */
export type NumberReader = (view: DataView, at: number) => number;

/** How the values of one entry are laid out. */
export interface EntryShape {
  /** Values per entry: 1, or the number of possible CPUs. */
  readonly cpus: number;
  /** Bytes from the value of one CPU to that of the next. */
  readonly cpuStride: number;
}

/** The shape of a key, or of an entry with one value. */
export const single: EntryShape = { cpus: 1, cpuStride: 0 };

/** Makes the reader of a number. */
export function numberReader(field: NumberField, shape: EntryShape): NumberReader {
  if (field.isFloat) return summed(floatReader(field.size), field.offset, shape);
  if (field.bits) return summed(bitfieldReader(field, field.bits), field.offset, shape);
  if (field.size === 8) return shape.cpus === 1 ? wideReader(field) : wideSumReader(field, shape);
  return summed(narrowReader(field.size, field.signed), field.offset, shape);
}

function summed(read: NumberReader, offset: number, { cpus, cpuStride }: EntryShape): NumberReader {
  if (cpus === 1) return (view, at) => read(view, at + offset);
  return (view, at) => {
    let sum = 0;
    for (let cpu = 0, place = at + offset; cpu < cpus; cpu++, place += cpuStride) sum += read(view, place);
    return sum;
  };
}

function floatReader(size: number): NumberReader {
  return size === 4 ? (view, at) => view.getFloat32(at, littleEndian) : (view, at) => view.getFloat64(at, littleEndian);
}

function narrowReader(size: 1 | 2 | 4, signed: boolean): NumberReader {
  switch (size) {
    case 1:
      return signed ? (view, at) => view.getInt8(at) : (view, at) => view.getUint8(at);
    case 2:
      return signed ? (view, at) => view.getInt16(at, littleEndian) : (view, at) => view.getUint16(at, littleEndian);
    case 4:
      return signed ? (view, at) => view.getInt32(at, littleEndian) : (view, at) => view.getUint32(at, littleEndian);
  }
}

function wideReader({ offset, signed }: NumberField): NumberReader {
  const low = offset + lowWord;
  const high = offset + highWord;
  return signed
    ? (view, at) => view.getInt32(at + high, littleEndian) * highUnit + view.getUint32(at + low, littleEndian)
    : (view, at) => view.getUint32(at + high, littleEndian) * highUnit + view.getUint32(at + low, littleEndian);
}

// Summing the halves separately rounds a sum beyond 2^53 once, not once per CPU.
function wideSumReader({ offset, signed }: NumberField, { cpus, cpuStride }: EntryShape): NumberReader {
  return (view, at) => {
    let low = 0;
    let high = 0;
    for (let cpu = 0, place = at + offset; cpu < cpus; cpu++, place += cpuStride) {
      low += view.getUint32(place + lowWord, littleEndian);
      high += signed ? view.getInt32(place + highWord, littleEndian) : view.getUint32(place + highWord, littleEndian);
    }
    return high * highUnit + low;
  };
}

function bitfieldReader(
  { size, signed }: NumberField,
  { shift, width }: { shift: number; width: number },
): NumberReader {
  const pick = signed ? BigInt.asIntN : BigInt.asUintN;
  return (view, at) => {
    let whole = 0n;
    for (let byte = 0; byte < size; byte++) {
      whole |= BigInt(view.getUint8(at + byte)) << BigInt(8 * (littleEndian ? byte : size - 1 - byte));
    }
    return Number(pick(width, whole >> BigInt(shift)));
  };
}
