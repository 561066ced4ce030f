/**
 * The kernel's own types. Its BTF has some 150,000: an index of their offsets is made in a few milliseconds, and a type becomes an object
 * only when somebody follows a reference to it.
 */
import type { BtfType } from '../../decode/btf/btf.js';
import { ByteReader } from '../../decode/btf/byte_reader.js';
import { malformed } from '../../decode/btf/malformed.js';
import { StringTable } from '../../decode/btf/string_table.js';
import { readType } from '../../decode/btf/type_record.js';

const magic = 0xeb9f;
const wordsOfHeader = 6;

/** Numbers of BTF_KIND_*, as far as types are looked up by them. */
const kindNumbers = {
  struct: 4,
  union: 5,
  enum: 6,
  typedef: 8,
  function: 12,
  prototype: 13,
  wideEnum: 19,
  int: 1,
} as const;
export type NamedKind = Exclude<keyof typeof kindNumbers, 'prototype' | 'wideEnum'>;

/** Bytes after the common part, and bytes of each element, by BTF_KIND_*. */
const tails: readonly (readonly [fixed: number, each: number] | undefined)[] = [
  undefined, [4, 0], [0, 0], [12, 0], [0, 12], [0, 12], [0, 8], [0, 0], [0, 0], [0, 0],
  [0, 0], [0, 0], [0, 0], [0, 8], [4, 0], [0, 12], [0, 0], [4, 0], [0, 0], [0, 12],
]; // biome-ignore format: one line per ten kinds

export interface Parameter {
  readonly name: string;
  readonly type: number;
}

/** By the ids of types, of which 0 is `void`: their places in words of four bytes, and the offsets of their names. */
export interface TypeIndex {
  readonly starts: Uint32Array;
  readonly names: Uint32Array;
}

export class KernelBtf {
  private readonly words: Uint32Array;
  private readonly starts: Uint32Array;
  private readonly names: Uint32Array;
  private readonly nameBytes: Buffer;
  private readonly bytes: ByteReader;
  private readonly strings: StringTable;
  private readonly stringBytes: Buffer;
  private readonly typesEnd: number;
  /** Types of the kernel that a module's types are numbered after. */
  private readonly before: number;
  private readonly end: number;
  private readonly read = new Map<number, BtfType>();

  /**
   * @param raw contents of /sys/kernel/btf/vmlinux, or of a module's file beside it, in this machine's byte order. Kept.
   * @param index where its types are, if that is known
   * @param base of a module: the kernel's types, which its own refer to
   * @throws BTF_INVALID
   */
  constructor(
    raw: Uint8Array,
    index?: TypeIndex,
    readonly base?: KernelBtf,
  ) {
    const aligned = raw.byteOffset % 4 === 0 ? raw : Uint8Array.from(raw);
    const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2);
    this.words = words;
    this.bytes = new ByteReader(aligned);
    if (words.length < wordsOfHeader || this.bytes.u16(0) !== magic)
      throw malformed('it has no header of this machine');
    const header = words[1]!;
    if (header % 4 !== 0 || words[2]! % 4 !== 0) throw malformed('the types do not begin at a multiple of 4 bytes');
    const start = (header + words[2]!) >> 2;
    const end = start + (words[3]! >> 2);
    const stringsStart = header + words[4]!;
    if (end > words.length || stringsStart + words[5]! > raw.length) throw malformed('a section ends beyond the data');
    this.typesEnd = end * 4;
    this.stringBytes = Buffer.from(aligned.buffer, aligned.byteOffset + stringsStart, words[5]!);
    this.strings = new StringTable(this.stringBytes, base?.strings);
    const { starts, names } = index ?? indexOf(words, start, end);
    this.starts = starts;
    this.names = names;
    this.nameBytes = Buffer.from(names.buffer, names.byteOffset, names.byteLength);
    this.before = base === undefined ? 0 : base.end - 1;
    this.end = this.before + starts.length;
  }

  /** The type of an id; 0 is `void`. @throws BTF_INVALID when there is none */
  type(id: number): BtfType {
    if (id === 0) return { kind: 'void' };
    if (this.base !== undefined && this.isOfBase(id)) return this.base.type(id);
    const known = this.read.get(id);
    if (known !== undefined) return known;
    if (id >= this.end) throw malformed(`a reference to type ${id} is beyond the last type, ${this.end - 1}`);
    const { type } = readType(this.bytes, this.strings, this.startOf(id), this.typesEnd, id);
    this.read.set(id, type);
    return type;
  }

  /** Whether an id is of the kernel's types that a module's refer to. */
  isOfBase(id: number): boolean {
    return id <= this.before;
  }

  /** The id of the first type of this kind and name, or undefined. Of a module: among its own. */
  find(kind: NamedKind, name: string): number | undefined {
    const offset = this.offsetOf(name);
    if (offset === undefined) return undefined;
    for (let id = this.nextOf(offset, this.before + 1); id > 0; id = this.nextOf(offset, id + 1)) {
      const found = this.kindOf(id);
      if (found === kindNumbers[kind] || (kind === 'enum' && found === kindNumbers.wideEnum)) return id;
    }
    return undefined;
  }

  /** The enum that has an enumerator of this name, and its value. */
  enumerator(name: string): { id: number; value: bigint } | undefined {
    const offset = this.offsetOf(name);
    if (offset === undefined) return undefined;
    for (let id = this.before + 1; id < this.end; id++) {
      const kind = this.kindOf(id);
      if (kind !== kindNumbers.enum && kind !== kindNumbers.wideEnum) continue;
      const at = this.startOf(id);
      const size = kind === kindNumbers.enum ? 8 : 12;
      const end = at + 12 + size * (this.bytes.u32(at + 4) & 0xffff);
      for (let member = at + 12; member < end; member += size) {
        if (this.bytes.u32(member) !== offset) continue;
        const type = this.type(id);
        const found = type.kind === 'enum' && type.values.find(([enumerator]) => enumerator === name);
        if (found) return { id, value: BigInt(found[1]) };
      }
    }
    return undefined;
  }

  /** Names of all types of a kind, for wildcards and for the nearest name. Of a module: its own. */
  *namesOf(kind: NamedKind): Iterable<string> {
    for (let id = this.before + 1; id < this.end; id++) {
      const name = this.names[id - this.before]!;
      if (this.kindOf(id) === kindNumbers[kind] && name !== 0) yield this.nameAt(name);
    }
  }

  /** Parameters and result of a function, or of a pointer to one. Undefined if the id is neither. */
  prototypeOf(id: number): { parameters: Parameter[]; result: number } | undefined {
    let at = id;
    for (let type = this.type(at); type.kind !== 'prototype'; type = this.type(at)) {
      if (type.kind !== 'function' && type.kind !== 'pointer' && type.kind !== 'typedef' && type.kind !== 'qualifier')
        return undefined;
      at = type.type;
    }
    if (this.base !== undefined && this.isOfBase(at)) return this.base.prototypeOf(at);
    const offset = this.startOf(at);
    const count = this.bytes.u32(offset + 4) & 0xffff;
    const parameters = Array.from({ length: count }, (_, index) => ({
      name: this.nameAt(this.bytes.u32(offset + 12 + 8 * index)),
      type: this.bytes.u32(offset + 16 + 8 * index),
    }));
    return { parameters, result: this.bytes.u32(offset + 8) };
  }

  /** The byte that a type of its own begins at. */
  private startOf(id: number): number {
    return this.starts[id - this.before]! * 4;
  }

  private kindOf(id: number): number {
    return (this.words[this.startOf(id) / 4 + 1]! >>> 24) & 0x1f;
  }

  /** The first id, from this one on, with a name; -1 if there is none. A search of bytes does not run in JavaScript. */
  private nextOf(nameOffset: number, from: number): number {
    const wanted = Buffer.from(Uint32Array.of(nameOffset).buffer);
    const first = (from - this.before) * 4;
    for (let at = this.nameBytes.indexOf(wanted, first); at >= 0; at = this.nameBytes.indexOf(wanted, at + 1)) {
      if (at % 4 === 0) return at / 4 + this.before;
    }
    return -1;
  }

  private nameAt(place: number): string {
    const offset = place - this.firstString;
    if (offset < 0) return this.base!.nameAt(place);
    return this.stringBytes.toString('latin1', offset, this.stringBytes.indexOf(0, offset));
  }

  /** Names are in the table once, each after a NUL. Those of a module may be in the kernel's table; in its own, nothing is before the first. */
  private offsetOf(name: string): number | undefined {
    if (name === '' || name.includes('\0')) return undefined;
    const ofKernel = this.base?.offsetOf(name);
    if (ofKernel !== undefined) return ofKernel;
    if (this.stringBytes.toString('latin1', 0, name.length + 1) === `${name}\0`) return this.firstString;
    const at = this.stringBytes.indexOf(`\0${name}\0`, 0, 'latin1');
    return at < 0 ? undefined : this.firstString + at + 1;
  }

  private get firstString(): number {
    return this.base?.strings.end ?? 0;
  }
}

/** @throws BTF_INVALID */
function indexOf(words: Uint32Array, start: number, end: number): TypeIndex {
  const most = Math.floor((end - start) / 3) + 1;
  const starts = new Uint32Array(most);
  const names = new Uint32Array(most);
  let id = 1;
  for (let at = start; at < end; id++) {
    const info = words[at + 1]!;
    const kind = (info >>> 24) & 0x1f;
    const tail = tails[kind];
    if (tail === undefined) throw malformed(`type ${id} is of the unknown kind ${kind}`);
    starts[id] = at;
    names[id] = words[at]!;
    at += 3 + ((tail[0] + tail[1] * (info & 0xffff)) >> 2);
  }
  return { starts: starts.subarray(0, id), names: names.subarray(0, id) };
}
