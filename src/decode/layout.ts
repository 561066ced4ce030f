/**
 * How a C type lies in memory, with typedefs and qualifiers removed. Offsets and sizes are bytes. Layouts are deeply
 * read-only and shared: the same type of the same BTF is the same object.
 */
export type Layout = IntegerLayout | EnumLayout | PointerLayout | ArrayLayout | RecordLayout | OpaqueLayout;

interface Common {
  /** The type as its user wrote it: `__u64`, `struct hist`, `char[16]`. For messages only. */
  readonly type: string;
  readonly size: number;
}

/** An integer of 1, 2, 4 or 8 bytes. */
export interface IntegerLayout extends Common {
  readonly kind: 'integer';
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly encoding: 'number' | 'bool' | 'char';
  /** The type is one of `__be16`, `__be32`, `__be64`: network byte order, whatever the host's is. */
  readonly network: boolean;
}

export interface EnumLayout extends Common {
  readonly kind: 'enum';
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  /** Enumerators by value, numbers beyond 2^53 as bigint. Of several with one value, the first. */
  readonly names: ReadonlyMap<number | bigint, string>;
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

/** A struct, a union, or the variables of a global data section. Members of anonymous members are fields themselves. */
export interface RecordLayout extends Common {
  readonly kind: 'struct' | 'union';
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  /** From the start of the record to the byte of the first bit. */
  readonly offset: number;
  readonly layout: Layout;
  /** Set for bitfields: `start` counts from the record's first bit, as BTF does. */
  readonly bits?: { readonly start: number; readonly size: number };
}

/** A type that has no number or text of its own here: floating point, 16-byte integers, functions, forward declarations. */
export interface OpaqueLayout extends Common {
  readonly kind: 'opaque';
  readonly what: string;
}
