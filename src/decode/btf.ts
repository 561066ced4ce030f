import { fault, type SantaError } from '../errors/fault.js';
import { type Integer, toInteger } from './integer.js';

/** A struct or union member. */
export interface BtfMember {
  readonly name: string;
  readonly type: number;
  /** Bits from the start of the record. */
  readonly bitOffset: number;
  /** Bits of a bitfield, 0 for an ordinary member. */
  readonly bitSize: number;
}

/** A variable of a data section. */
export interface BtfVariable {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

/** A type as BTF has it. References are type ids and may be anything: `Btf.type` checks them when followed. */
export type BtfType =
  | { readonly kind: 'void' }
  | {
      readonly kind: 'int';
      readonly name: string;
      readonly size: number;
      readonly encoding: 'number' | 'signed' | 'char' | 'bool';
      /** The old encoding of bitfields: an integer type of its own with an offset and fewer bits than bytes. */
      readonly bitOffset: number;
      readonly bits: number;
    }
  | { readonly kind: 'pointer'; readonly type: number }
  | { readonly kind: 'array'; readonly type: number; readonly count: number }
  | {
      readonly kind: 'struct' | 'union';
      readonly name: string;
      readonly size: number;
      readonly members: readonly BtfMember[];
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly values: readonly (readonly [name: string, value: Integer])[];
    }
  | { readonly kind: 'forward'; readonly name: string; readonly union: boolean }
  | { readonly kind: 'typedef'; readonly name: string; readonly type: number }
  | { readonly kind: 'qualifier'; readonly word: 'const' | 'volatile' | 'restrict' | ''; readonly type: number }
  | { readonly kind: 'function'; readonly name: string; readonly type: number }
  | { readonly kind: 'prototype' }
  | { readonly kind: 'variable'; readonly name: string; readonly type: number }
  | {
      readonly kind: 'section';
      readonly name: string;
      readonly size: number;
      readonly variables: readonly BtfVariable[];
    }
  | { readonly kind: 'float'; readonly name: string; readonly size: number }
  | { readonly kind: 'tag' };

/** The type information of a BPF object. */
export interface Btf {
  readonly littleEndian: boolean;
  /** Number of types, `void` (id 0) included. */
  readonly typeCount: number;
  /** @throws BTF_INVALID when there is no such type */
  type(id: number): BtfType;
  /** The id of the first named type, or undefined. */
  find(kind: BtfType['kind'], name: string): number | undefined;
}

const magic = 0xeb9f;
const headerSize = 24;
const typeLimit = 1_000_000;

/** What follows the 12 bytes every type has: bytes, or bytes per element of `vlen`. In the order of BTF_KIND_*. */
const tails: readonly (readonly [fixed: number, each: number])[] = [
  [0, 0], // void: not stored
  [4, 0], // INT
  [0, 0], // PTR
  [12, 0], // ARRAY
  [0, 12], // STRUCT
  [0, 12], // UNION
  [0, 8], // ENUM
  [0, 0], // FWD
  [0, 0], // TYPEDEF
  [0, 0], // VOLATILE
  [0, 0], // CONST
  [0, 0], // RESTRICT
  [0, 0], // FUNC
  [0, 8], // FUNC_PROTO
  [4, 0], // VAR
  [0, 12], // DATASEC
  [0, 0], // FLOAT
  [4, 0], // DECL_TAG
  [0, 0], // TYPE_TAG
  [0, 12], // ENUM64
];

/**
 * Reads raw BTF (the contents of a `.BTF` section, or what libbpf hands out for an opened object).
 * Every offset, count and size is checked against the buffer, so hostile bytes give a fault and nothing worse.
 * @throws BTF_INVALID
 */
export function parseBtf(raw: Uint8Array): Btf {
  const bytes = new ByteReader(raw);
  const { typesStart, typesEnd, strings } = readHeader(bytes);
  const types: BtfType[] = [{ kind: 'void' }];
  for (let at = typesStart; at < typesEnd; ) {
    if (types.length > typeLimit) throw invalid('the types', `more than ${typeLimit} of them`);
    if (at + 12 > typesEnd) throw invalid(`type ${types.length}`, 'a truncated type');
    const info = bytes.u32(at + 4);
    const kind = (info >>> 24) & 0x1f;
    const length = info & 0xffff;
    const tail = tails[kind];
    if (kind === 0 || tail === undefined) throw invalid(`type ${types.length}`, `the unknown kind ${kind}`);
    const end = at + 12 + tail[0] + tail[1] * length;
    if (end > typesEnd) throw invalid(`type ${types.length}`, 'a truncated type');
    types.push(readType(bytes, at, kind, length, strings));
    at = end;
  }
  return new ParsedBtf(bytes.littleEndian, types);
}

class ParsedBtf implements Btf {
  private names: Map<string, number> | undefined;

  constructor(
    readonly littleEndian: boolean,
    private readonly types: readonly BtfType[],
  ) {}

  get typeCount(): number {
    return this.types.length;
  }

  type(id: number): BtfType {
    const type = this.types[id];
    if (type === undefined) throw invalid(`type ${id}`, `a reference beyond the last type, ${this.types.length - 1}`);
    return type;
  }

  find(kind: BtfType['kind'], name: string): number | undefined {
    if (this.names === undefined) {
      this.names = new Map();
      for (const [id, type] of this.types.entries()) {
        if (!('name' in type)) continue;
        const key = `${type.kind} ${type.name}`;
        if (!this.names.has(key)) this.names.set(key, id);
      }
    }
    return this.names.get(`${kind} ${name}`);
  }
}

type Strings = (offset: number) => string;

function readHeader(bytes: ByteReader): { typesStart: number; typesEnd: number; strings: Strings } {
  if (bytes.length < headerSize) throw invalid('its header', `${bytes.length} bytes instead of at least ${headerSize}`);
  if (bytes.u16(0) !== magic) {
    bytes.littleEndian = false;
    if (bytes.u16(0) !== magic) throw invalid('its header', 'a wrong magic number');
  }
  const version = bytes.u8(2);
  if (version !== 1) throw invalid('its header', `version ${version} instead of 1`);
  const start = bytes.u32(4);
  if (start < headerSize) throw invalid('its header', `a header length of ${start} instead of at least ${headerSize}`);
  const typesStart = start + bytes.u32(8);
  const typesEnd = typesStart + bytes.u32(12);
  const stringsStart = start + bytes.u32(16);
  const stringsEnd = stringsStart + bytes.u32(20);
  if (typesEnd > bytes.length || stringsEnd > bytes.length) throw invalid('its header', 'sections that end beyond it');
  return { typesStart, typesEnd, strings: (offset) => bytes.text(stringsStart, stringsEnd, offset) };
}

function readType(bytes: ByteReader, at: number, kind: number, length: number, strings: Strings): BtfType {
  const name = strings(bytes.u32(at));
  const flag = bytes.u32(at + 4) >>> 31 === 1;
  const sizeOrType = bytes.u32(at + 8);
  const tail = at + 12;
  switch (kind) {
    case 1:
      return readInt(name, sizeOrType, bytes.u32(tail));
    case 2:
      return { kind: 'pointer', type: sizeOrType };
    case 3:
      return { kind: 'array', type: bytes.u32(tail), count: bytes.u32(tail + 8) };
    case 4:
    case 5: {
      const members = Array.from({ length }, (_, i) => readMember(bytes, tail + 12 * i, flag, strings));
      return { kind: kind === 4 ? 'struct' : 'union', name, size: sizeOrType, members };
    }
    case 6: {
      // Compilers before the flag existed (LLVM 16) leave it 0 for enums with negative values, too.
      const values = Array.from({ length }, (_, i) => {
        const value = bytes.u32(tail + 8 * i + 4);
        return [strings(bytes.u32(tail + 8 * i)), flag ? value | 0 : value] as const;
      });
      return { kind: 'enum', name, size: sizeOrType, signed: flag, values };
    }
    case 7:
      return { kind: 'forward', name, union: flag };
    case 8:
      return { kind: 'typedef', name, type: sizeOrType };
    case 9:
      return { kind: 'qualifier', word: 'volatile', type: sizeOrType };
    case 10:
      return { kind: 'qualifier', word: 'const', type: sizeOrType };
    case 11:
      return { kind: 'qualifier', word: 'restrict', type: sizeOrType };
    case 12:
      return { kind: 'function', name, type: sizeOrType };
    case 13:
      return { kind: 'prototype' };
    case 14:
      return { kind: 'variable', name, type: sizeOrType };
    case 15: {
      const variables = Array.from({ length }, (_, i) => ({
        type: bytes.u32(tail + 12 * i),
        offset: bytes.u32(tail + 12 * i + 4),
        size: bytes.u32(tail + 12 * i + 8),
      }));
      return { kind: 'section', name, size: sizeOrType, variables };
    }
    case 16:
      return { kind: 'float', name, size: sizeOrType };
    case 18:
      return { kind: 'qualifier', word: '', type: sizeOrType };
    case 19: {
      const values = Array.from({ length }, (_, i) => {
        const low = bytes.u32(tail + 12 * i + 4);
        const high = bytes.u32(tail + 12 * i + 8);
        return [strings(bytes.u32(tail + 12 * i)), toInteger(flag ? high | 0 : high, low)] as const;
      });
      return { kind: 'enum', name, size: sizeOrType, signed: flag, values };
    }
    default:
      return { kind: 'tag' };
  }
}

function readInt(name: string, size: number, data: number): BtfType {
  const flags = (data >>> 24) & 0x0f;
  const encoding = flags & 4 ? 'bool' : flags & 1 ? 'signed' : flags & 2 ? 'char' : 'number';
  return { kind: 'int', name, size, encoding, bitOffset: (data >>> 16) & 0xff, bits: data & 0xff };
}

function readMember(bytes: ByteReader, at: number, hasBitSizes: boolean, strings: Strings): BtfMember {
  const offset = bytes.u32(at + 8);
  return {
    name: strings(bytes.u32(at)),
    type: bytes.u32(at + 4),
    bitOffset: hasBitSizes ? offset & 0xffffff : offset,
    bitSize: hasBitSizes ? offset >>> 24 : 0,
  };
}

/** Reads integers and strings of either byte order. Callers check the bounds of integers. */
class ByteReader {
  littleEndian = true;
  private readonly view: DataView;
  private readonly texts = new Map<number, string>();
  private budget = nameBudget;

  constructor(private readonly raw: Uint8Array) {
    this.view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  }

  get length(): number {
    return this.raw.length;
  }

  u8(at: number): number {
    return this.view.getUint8(at);
  }

  u16(at: number): number {
    return this.view.getUint16(at, this.littleEndian);
  }

  u32(at: number): number {
    return this.view.getUint32(at, this.littleEndian);
  }

  text(start: number, end: number, offset: number): string {
    // An object without any name may have no strings at all; offset 0 is the empty name by definition.
    if (offset === 0) return '';
    const known = this.texts.get(offset);
    if (known !== undefined) return known;
    const from = start + offset;
    if (from >= end) throw invalid('a name', `the string offset ${offset}, which is beyond the strings`);
    const length = this.raw.subarray(from, Math.min(end, from + nameLimit + 1)).indexOf(0);
    if (length === -1)
      throw invalid('a name', `the string at offset ${offset}, which does not end in ${nameLimit} bytes`);
    this.budget -= length;
    if (this.budget < 0) throw invalid('its names', `more than ${nameBudget} bytes of them`);
    const text = Buffer.from(this.raw.buffer, this.raw.byteOffset + from, length).toString('latin1');
    this.texts.set(offset, text);
    return text;
  }
}

// The kernel's own limit is KSYM_NAME_LEN (512). Without limits, names that share their tails take quadratic memory.
const nameLimit = 1024;
const nameBudget = 32 * 1024 * 1024;

/** A fault about BTF: what of it, and what was found there. */
export function invalid(what: string, found: string): SantaError {
  return fault('BTF_INVALID', { what, found });
}
