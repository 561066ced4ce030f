import type { Integer } from './integer.js';

/**
 * The memory layout of a C type, with typedefs and qualifiers removed. Offsets and sizes are bytes. Layouts are deeply
 * read-only and shared: the same type of the same BTF is the same object.
 */
export type Layout = IntegerLayout | EnumLayout | PointerLayout | ArrayLayout | RecordLayout | OpaqueLayout;

interface Common {
  /** The type as the program names it: `__u64`, `struct hist`, `char[16]`. For messages only. */
  readonly type: string;
  readonly size: number;
}

/** An integer of 1, 2, 4 or 8 bytes. */
export interface IntegerLayout extends Common {
  readonly kind: 'integer';
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly encoding: 'number' | 'bool' | 'char';
  /** The type is `__be16`, `__be32` or `__be64`: network byte order on every host. */
  readonly network: boolean;
}

export interface EnumLayout extends Common {
  readonly kind: 'enum';
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** Enumerators by value, beyond 2^53 as bigint. Of several with the same value, the first. */
  readonly names: ReadonlyMap<Integer, string>;
}

export interface PointerLayout extends Common {
  readonly kind: 'pointer';
  readonly size: 8;
}

export interface ArrayLayout extends Common {
  readonly kind: 'array';
  readonly element: Layout;
  /** 0 for a flexible array. */
  readonly count: number;
}

/** A struct, a union, or the variables of a data section. Members of anonymous members are fields of the record itself. */
export interface RecordLayout extends Common {
  readonly kind: 'struct' | 'union';
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  /** From the start of the record; of a bitfield, to the byte that holds its first bit. */
  readonly offset: number;
  readonly layout: Layout;
  /** Set for bitfields. */
  readonly bits?: Bits;
}

/** A type that is not read as a number: floating point, 16-byte integers, functions, forward declarations. */
export interface OpaqueLayout extends Common {
  readonly kind: 'opaque';
  /** A noun phrase for messages: `a floating-point number`. */
  readonly what: string;
  readonly isFloat?: true;
}

/** The bits of a bitfield. */
export interface Bits {
  /** Counted as BTF does, from the first bit of the record (in a `Selected`: of the key or value). */
  readonly start: number;
  readonly size: number;
}
