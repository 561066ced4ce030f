import type { Integer } from '../integer.js';

/** A struct or union member. */
export interface BtfMember {
  readonly name: string;
  readonly type: number;
  /** Bits from the start of the record. */
  readonly bitOffset: number;
  /** Width of a bitfield in bits; 0 for an ordinary member. */
  readonly bitSize: number;
}

/** A variable of a data section. */
export interface BtfVariable {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

/** A type as BTF stores it. References are unchecked type ids: `Btf.type` checks an id when it is followed. */
export type BtfType =
  | { readonly kind: 'void' }
  | {
      readonly kind: 'int';
      readonly name: string;
      readonly size: number;
      readonly encoding: 'number' | 'signed' | 'char' | 'bool';
      /** The older encoding of bitfields: an integer type of its own, with an offset and fewer bits than its bytes hold. */
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
  | { readonly kind: 'qualifier'; readonly qualifier: 'const' | 'volatile' | 'restrict' | 'tag'; readonly type: number }
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
  /** @throws BTF_INVALID when no type has this id */
  type(id: number): BtfType;
  /** The id of the first type of this kind and name, or undefined. */
  find(kind: BtfType['kind'], name: string): number | undefined;
}
