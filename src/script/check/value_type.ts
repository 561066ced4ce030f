/** Types of values in a script. */
import { type CType, type RecordType, typeText } from '../resolve/c_type.js';

/**
 * Where the bytes are that a pointer or an object has: `context` is the program's argument. A `copy` is in the program's own memory;
 * pointers in it are the kernel's, or those of a process.
 */
export type Space = 'kernel' | 'user' | 'context' | 'copy' | 'copy of user';

/** The space that pointers in a struct of `space` point to. */
export const spaceBehind = (space: Space): 'kernel' | 'user' =>
  space === 'user' || space === 'copy of user' ? 'user' : 'kernel';

export type ValueType =
  | IntegerValue
  | PointerValue
  | TextValue
  | BytesValue
  | TupleValue
  | ObjectValue
  | { readonly kind: 'nothing' };

export interface IntegerValue {
  readonly kind: 'integer';
  /** 1, 2, 4 or 8: what it was read or cast as. Registers and maps have 8 bytes for each. */
  readonly bytes: number;
  readonly isSigned: boolean;
  readonly isBoolean?: true;
  /** Of a number that is written in the script, or an enumerator: its bytes in bpftrace, which only `sizeof` shows. */
  readonly written?: number;
  /** How a label shows it, as `decode` of a probe file; by its type if undefined. */
  readonly decode?: unknown;
}

export interface PointerValue {
  readonly kind: 'pointer';
  readonly to: CType;
  readonly space: Space;
}

/** Text that ends with the first NUL; all bytes after it are zero. */
export interface TextValue {
  readonly kind: 'text';
  /** The NUL included. */
  readonly bytes: number;
}

/** Bytes that are copied as they are: addresses, stacks, structs, arrays. */
export interface BytesValue {
  readonly kind: 'bytes';
  readonly bytes: number;
  /** How a label shows them. */
  readonly decode: unknown;
  /** Of a struct or an array: its type. */
  readonly of?: ObjectValue['of'];
  /** Where pointers in it point to. */
  readonly space?: 'kernel' | 'user';
}

export interface TupleValue {
  readonly kind: 'tuple';
  readonly elements: readonly ValueType[];
  readonly names: readonly string[] | undefined;
}

/** A struct, union or array in memory that is not the program's own. */
export interface ObjectValue {
  readonly kind: 'object';
  readonly of: RecordType | Extract<CType, { kind: 'array' }>;
  readonly space: Space;
}

export const unsigned: IntegerValue = { kind: 'integer', bytes: 8, isSigned: false };
export const signed: IntegerValue = { kind: 'integer', bytes: 8, isSigned: true };
export const truth: IntegerValue = { kind: 'integer', bytes: 1, isSigned: false, isBoolean: true };
export const nothing = { kind: 'nothing' } as const;

export const roundUp = (bytes: number) => Math.ceil(bytes / 8) * 8;

/** Bytes in keys and values of maps, a multiple of 8. */
export function storedSize(type: ValueType): number {
  switch (type.kind) {
    case 'integer':
    case 'pointer':
      return 8;
    case 'text':
    case 'bytes':
      return roundUp(type.bytes);
    case 'tuple':
      return type.elements.reduce((sum, element) => sum + storedSize(element), 0);
    default:
      return 0;
  }
}

/** The type that holds values of both, or undefined: there is none. */
export function commonType(a: ValueType, b: ValueType): ValueType | undefined {
  if (a.kind === 'integer' && b.kind === 'integer') {
    if (a.isBoolean && b.isBoolean) return a;
    const decode = commonDecode(a, b);
    const written = a.written !== undefined && b.written !== undefined ? Math.max(a.written, b.written) : undefined;
    return {
      kind: 'integer',
      bytes: commonBytes(a, b),
      isSigned: a.isSigned || b.isSigned,
      ...(decode !== undefined && { decode }),
      ...(written !== undefined && { written }),
    };
  }
  if (a.kind === 'text' && b.kind === 'text') return a.bytes >= b.bytes ? a : b;
  if (a.kind === 'pointer' && (b.kind === 'pointer' || b.kind === 'integer')) return a;
  if (b.kind === 'pointer' && a.kind === 'integer') return b;
  if (a.kind === 'bytes' && b.kind === 'bytes') {
    if (a.of === undefined || b.of === undefined) return a.bytes >= b.bytes ? a : b;
    return typeText(a.of) === typeText(b.of) ? a : undefined;
  }
  if (a.kind === 'tuple' && b.kind === 'tuple' && a.elements.length === b.elements.length) {
    const places = placesIn(a, b);
    const elements = a.elements.map((element, index) => commonType(element, b.elements[places[index]!]!));
    if (elements.every((element) => element !== undefined)) return { ...a, elements };
  }
  if (a.kind === 'object' && b.kind === 'object' && typeText(a.of) === typeText(b.of)) return a;
  return undefined;
}

/** Where the elements of `to` are in another tuple: elements with names are found by these. */
export function placesIn(to: TupleValue, from: TupleValue): readonly number[] {
  const { names } = from;
  const isByName = names !== undefined && to.names?.every((name) => names.includes(name));
  return to.elements.map((_, index) => (isByName ? names.indexOf(to.names![index]!) : index));
}

/** The names of an enum are shown only if every value is one of it. */
function commonDecode(a: IntegerValue, b: IntegerValue): unknown {
  const isSame = JSON.stringify(a.decode) === JSON.stringify(b.decode);
  return isSame || !(isEnum(a.decode) || isEnum(b.decode)) ? (a.decode ?? b.decode) : undefined;
}

const isEnum = (decode: unknown) =>
  typeof decode === 'object' && decode !== null && ('kernel_enum' in decode || 'map' in decode);

/** Signed numbers that hold the unsigned ones have the next larger size, if there is one. */
function commonBytes(a: IntegerValue, b: IntegerValue): number {
  const bytes = Math.max(a.bytes, b.bytes);
  if (a.isSigned === b.isSigned) return bytes;
  const unsigned = a.isSigned ? b : a;
  return unsigned.bytes === bytes ? Math.min(8, 2 * bytes) : bytes;
}

/** Whether both are stored and shown alike. */
export function sameType(a: ValueType, b: ValueType): boolean {
  return a === b || JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

/** Types of C refer to each other without end: their text stands for them. */
function plain(type: ValueType): unknown {
  if (type.kind === 'tuple') return { ...type, elements: type.elements.map(plain) };
  if (type.kind === 'pointer') return { ...type, to: typeText(type.to) };
  if (type.kind === 'bytes' && type.of !== undefined) return { ...type, of: typeText(type.of) };
  return type.kind === 'object' ? { ...type, of: typeText(type.of) } : type;
}

/** As a script writes it, for faults. */
export function valueText(type: ValueType): string {
  switch (type.kind) {
    case 'integer':
      return type.isBoolean ? 'bool' : `${type.isSigned ? '' : 'u'}int${type.bytes * 8}`;
    case 'pointer':
      return `${typeText(type.to)} *`;
    case 'text':
      return 'string';
    case 'bytes':
      return type.of === undefined ? 'bytes' : typeText(type.of);
    case 'tuple':
      return `(${type.elements.map(valueText).join(', ')})`;
    case 'object':
      return typeText(type.of);
    case 'nothing':
      return 'nothing';
  }
}

export const sizedText = (bytes: number): TextValue => ({ kind: 'text', bytes });
