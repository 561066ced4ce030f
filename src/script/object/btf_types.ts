import type { DataType, IrMap } from '../ir/program.js';
import { ByteWriter } from './byte_writer.js';
import { StringSection } from './string_section.js';

/** `enum btf_kind`, the oldest ones: Linux 5.10 knows them all. */
const kinds = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  volatile: 9,
  constant: 10,
  function: 12,
  prototype: 13,
  variable: 14,
  section: 15,
} as const;

const encodings = { unsigned: 0, signed: 1, char: 2, boolean: 4 } as const;

const integerNames: Readonly<Record<string, string>> = {
  u1: 'unsigned char',
  u2: 'unsigned short',
  u4: 'unsigned int',
  u8: 'unsigned long long',
  s1: 'signed char',
  s2: 'short',
  s4: 'int',
  s8: 'long long',
};

/** A variable of a section: where it is, and its size. */
export interface SectionVariable {
  readonly type: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Builds the types of an object: BTF ids by type. Equal types have one id. Linux, Documentation/bpf/btf.rst. */
export class BtfTypes {
  readonly strings = new StringSection();
  readonly #types = new ByteWriter();
  #count = 0;
  readonly #known = new Map<string, number>();

  /** The id of a type. */
  of(type: DataType): number {
    const key = JSON.stringify(type);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const id = this.#add(type);
    this.#known.set(key, id);
    return id;
  }

  pointerTo(type: number): number {
    return this.#record(kinds.pointer, '', 0, type);
  }

  array(element: number, count: number): number {
    const index = this.of({ kind: 'integer', bytes: 4, isSigned: false });
    return this.#record(kinds.array, '', 0, 0, (tail) => tail.words(element, index, count));
  }

  /** The variable that declares a map, as libbpf reads it from the section `.maps`: numbers are sizes of arrays. */
  map({ name, type, entries, flags, key, value }: IrMap): { readonly variable: number; readonly bytes: number } {
    const int = this.of({ kind: 'integer', bytes: 4, isSigned: true });
    const number = (count: number) => this.pointerTo(this.array(int, count));
    const members: [string, number][] = [
      ['type', number(type)],
      ['max_entries', number(entries)],
    ];
    if (flags !== 0) members.push(['map_flags', number(flags)]);
    if (key !== undefined) members.push(['key', this.pointerTo(this.of(key))]);
    if (value !== undefined) members.push(['value', this.pointerTo(this.of(value))]);
    const bytes = 8 * members.length;
    const struct = this.#record(kinds.struct, '', members.length, bytes, (tail) => {
      for (const [index, [member, id]] of members.entries()) tail.words(this.strings.add(member), id, 64 * index);
    });
    return { variable: this.variable(name, struct), bytes };
  }

  /** What a variable must be that the exporter sets: a compiler would put any other constant into instructions. */
  volatile(type: number): number {
    return this.#record(kinds.volatile, '', 0, type);
  }

  /** A global variable. */
  variable(name: string, type: number): number {
    return this.#record(kinds.variable, name, 0, type, (tail) => tail.words(1));
  }

  /** A variable of the kernel, whose type is not known. */
  kernelVariable(name: string): number {
    const constantVoid = this.#record(kinds.constant, '', 0, 0);
    return this.#record(kinds.variable, name, 0, constantVoid, (tail) => tail.words(2));
  }

  section(name: string, bytes: number, variables: readonly SectionVariable[]): number {
    return this.#record(kinds.section, name, variables.length, bytes, (tail) => {
      for (const { type, offset, bytes: size } of variables) tail.words(type, offset, size);
    });
  }

  /**
   * A function that returns an int.
   * @param parameters their types
   * @param isStatic whether only this object can call it
   */
  function(name: string, parameters: readonly number[], isStatic: boolean): number {
    const int = this.of({ kind: 'integer', bytes: 4, isSigned: true });
    return this.#record(kinds.function, name, isStatic ? 0 : 1, this.#prototype(parameters, int));
  }

  /** A function of the kernel. */
  externFunction(name: string, parameters: readonly number[], result: number): number {
    return this.#record(kinds.function, name, 2, this.#prototype(parameters, result));
  }

  /** A struct of the kernel of which nothing but its name is needed. */
  emptyStruct(name: string): number {
    return this.#record(kinds.struct, name, 0, 0);
  }

  #prototype(parameters: readonly number[], result: number): number {
    return this.#record(kinds.prototype, '', parameters.length, result, (tail) => {
      for (const [index, type] of parameters.entries()) tail.words(this.strings.add(`a${index}`), type);
    });
  }

  /** The section `.BTF`. */
  toBytes(): Uint8Array {
    const [types, strings] = [this.#types.toBytes(), this.strings.toBytes()];
    const header = new ByteWriter().number(0xeb9f, 2).number(1, 1).number(0, 1);
    header.words(24, 0, types.length, types.length, strings.length);
    return header.bytes(types).bytes(strings).toBytes();
  }

  #add(type: DataType): number {
    switch (type.kind) {
      case 'integer': {
        const name = type.name ?? integerNames[`${type.isSigned ? 's' : 'u'}${type.bytes}`]!;
        return this.#integer(name, type.bytes, type.isSigned ? encodings.signed : encodings.unsigned);
      }
      case 'boolean':
        return this.#integer('_Bool', 1, encodings.boolean);
      case 'text':
        return this.array(this.#char(), type.bytes);
      case 'array':
        return this.array(this.of(type.element), type.count);
      case 'struct': {
        const fields = type.fields.map((field) => ({ ...field, id: this.of(field.type) }));
        return this.#record(kinds.struct, type.name, fields.length, type.bytes, (tail) => {
          for (const { name, id, offset } of fields) tail.words(this.strings.add(name), id, 8 * offset);
        });
      }
    }
  }

  #char(): number {
    const known = this.#known.get('char');
    if (known !== undefined) return known;
    const id = this.#integer('char', 1, encodings.signed);
    this.#known.set('char', id);
    return id;
  }

  #integer(name: string, bytes: number, encoding: number): number {
    return this.#record(kinds.int, name, 0, bytes, (tail) => tail.words((encoding << 24) | (8 * bytes)));
  }

  #record(
    kind: number,
    name: string,
    count: number,
    sizeOrType: number,
    writeTail?: (tail: ByteWriter) => void,
  ): number {
    this.#types.words(this.strings.add(name), (kind << 24) | count, sizeOrType);
    writeTail?.(this.#types);
    return ++this.#count;
  }
}
