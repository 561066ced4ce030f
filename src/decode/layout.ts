import { type Btf, type BtfMember, type BtfType, invalid } from './btf.js';
import type { Integer } from './integer.js';

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

/** A type without a number of its own here: floating point, 16-byte integers, functions, forward declarations. */
export interface OpaqueLayout extends Common {
  readonly kind: 'opaque';
  readonly what: string;
}

/** Deeper nesting and longer chains of typedefs than this are refused; C programs have a handful. */
const depthLimit = 64;
const fieldBudget = 250_000;
const sizeLimit = 0x7fffffff;

interface State {
  readonly done: Map<number, Layout>;
  readonly doing: Set<number>;
  fields: number;
}
const states = new WeakMap<Btf, State>();

/**
 * The layout of a type, or of a section of global variables.
 * @throws BTF_INVALID when the type contradicts itself: it contains itself, has members beyond its end, never ends
 */
export function layoutOf(btf: Btf, id: number): Layout {
  let state = states.get(btf);
  if (state === undefined) {
    state = { done: new Map(), doing: new Set(), fields: 0 };
    states.set(btf, state);
  }
  return resolve(btf, id, state, 0);
}

function resolve(btf: Btf, id: number, state: State, depth: number): Layout {
  const known = state.done.get(id);
  if (known !== undefined) return known;
  if (state.doing.has(id)) throw invalid(`type ${id}`, 'a type that contains itself');
  if (depth > depthLimit) throw invalid(`type ${id}`, `types nested more than ${depthLimit} deep`);
  state.doing.add(id);
  try {
    const layout = build(btf, id, state, depth);
    state.done.set(id, layout);
    return layout;
  } finally {
    state.doing.delete(id);
  }
}

function build(btf: Btf, id: number, state: State, depth: number): Layout {
  const { type, alias, network } = strip(btf, id);
  switch (type.kind) {
    case 'int':
      return integerLayout(type, alias ?? type.name, network);
    case 'enum':
      return enumLayout(type, alias ?? named('enum', type.name));
    case 'pointer':
      return { kind: 'pointer', type: alias ?? 'pointer', size: 8 };
    case 'array': {
      const element = resolve(btf, type.type, state, depth + 1);
      const size = element.size * type.count;
      if (size > sizeLimit) throw invalid(`type ${id}`, `an array of ${size} bytes`);
      const dimension = element.type.indexOf('[');
      const [base, rest] =
        dimension === -1 ? [element.type, ''] : [element.type.slice(0, dimension), element.type.slice(dimension)];
      return { kind: 'array', type: alias ?? `${base}[${type.count}]${rest}`, size, element, count: type.count };
    }
    case 'struct':
    case 'union': {
      const fields = type.members.flatMap((member) => memberFields(btf, type, member, state, depth));
      spend(state, fields.length);
      return { kind: type.kind, type: alias ?? named(type.kind, type.name), size: type.size, fields };
    }
    case 'section': {
      const fields = type.variables.map(({ type: variable, offset }) => {
        const declared = btf.type(variable);
        if (declared.kind !== 'variable') throw invalid(`section "${type.name}"`, 'something that is not a variable');
        const layout = resolve(btf, declared.type, state, depth + 1);
        if (offset + layout.size > type.size) {
          throw invalid(`section "${type.name}"`, `the variable "${declared.name}", which ends beyond it`);
        }
        return { name: declared.name, offset, layout };
      });
      spend(state, fields.length);
      return { kind: 'struct', type: `section ${type.name}`, size: type.size, fields };
    }
    default:
      return opaqueLayout(type, alias);
  }
}

/** Follows typedefs and qualifiers. `alias` is the outermost typedef: the word the program's author used. */
function strip(btf: Btf, id: number): { type: BtfType; alias: string | undefined; network: boolean } {
  let type = btf.type(id);
  let alias: string | undefined;
  let network = false;
  for (let steps = 0; type.kind === 'typedef' || type.kind === 'qualifier'; steps++) {
    if (steps === depthLimit) throw invalid(`type ${id}`, `more than ${depthLimit} typedefs and qualifiers in a row`);
    if (type.kind === 'typedef') {
      alias ??= type.name;
      network ||= type.name === '__be16' || type.name === '__be32' || type.name === '__be64';
    }
    type = btf.type(type.type);
  }
  return { type, alias, network };
}

function integerLayout(type: BtfType & { kind: 'int' }, name: string, network: boolean): Layout {
  const { size, bits, bitOffset } = type;
  if ((size !== 1 && size !== 2 && size !== 4 && size !== 8) || bits !== size * 8 || bitOffset !== 0) {
    const what = size === 16 ? 'a 16-byte integer' : `an integer of ${bits} bits in ${size} bytes`;
    return { kind: 'opaque', type: name, size, what };
  }
  const char = type.encoding === 'char' || (size === 1 && type.name === 'char');
  const encoding = type.encoding === 'bool' ? 'bool' : char ? 'char' : 'number';
  return { kind: 'integer', type: name, size, signed: type.encoding === 'signed', encoding, network };
}

function enumLayout(type: BtfType & { kind: 'enum' }, name: string): Layout {
  const { size, signed } = type;
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) {
    return { kind: 'opaque', type: name, size, what: `an enum of ${size} bytes` };
  }
  const names = new Map<Integer, string>();
  for (const [enumerator, value] of type.values) {
    // Values are stored in 4 bytes even when the enum has fewer, negative ones with their sign extended.
    const stored = signed || size >= 4 || typeof value === 'bigint' ? value : value % 2 ** (8 * size);
    if (!names.has(stored)) names.set(stored, enumerator);
  }
  return { kind: 'enum', type: name, size, signed, names };
}

function opaqueLayout(type: BtfType, alias: string | undefined): Layout {
  switch (type.kind) {
    case 'float':
      return { kind: 'opaque', type: alias ?? type.name, size: type.size, what: 'a floating-point number' };
    case 'forward': {
      const name = named(type.union ? 'union' : 'struct', type.name);
      return { kind: 'opaque', type: alias ?? name, size: 0, what: 'a type that is declared but not defined' };
    }
    case 'variable':
      return { kind: 'opaque', type: type.name, size: 0, what: 'a variable' };
    default:
      return {
        kind: 'opaque',
        type: alias ?? (type.kind === 'void' ? 'void' : 'function'),
        size: 0,
        what: 'a type without a size',
      };
  }
}

/** The fields one member gives its record: itself, or for an anonymous struct or union those inside it. */
function memberFields(
  btf: Btf,
  record: BtfType & { kind: 'struct' | 'union' },
  member: BtfMember,
  state: State,
  depth: number,
): Field[] {
  const where = `member "${member.name}" of "${record.name}"`;
  const bits = bitfieldOf(btf, member);
  if (bits !== undefined) {
    const unit = bits.layout;
    if (bits.size > unit.size * 8) throw invalid(where, `a bitfield of ${bits.size} bits in ${unit.size} bytes`);
    if (bits.start + bits.size > record.size * 8) throw invalid(where, 'a bitfield beyond the end of its record');
    if (member.name === '') return [];
    const { start, size, layout } = bits;
    return [{ name: member.name, offset: start >>> 3, layout, bits: { start, size } }];
  }
  const layout = resolve(btf, member.type, state, depth + 1);
  if (member.bitOffset % 8 !== 0) throw invalid(where, `an offset of ${member.bitOffset} bits`);
  const offset = member.bitOffset / 8;
  if (offset + layout.size > record.size) throw invalid(where, 'a member beyond the end of its record');
  if (member.name !== '') return [{ name: member.name, offset, layout }];
  if (layout.kind !== 'struct' && layout.kind !== 'union') return [];
  spend(state, layout.fields.length);
  return layout.fields.map((inner) => ({
    ...inner,
    offset: inner.offset + offset,
    ...(inner.bits && { bits: { start: inner.bits.start + member.bitOffset, size: inner.bits.size } }),
  }));
}

/** Reads both encodings of bitfields: kind_flag with the width in the member, and an integer type of fewer bits. */
function bitfieldOf(btf: Btf, member: BtfMember): { start: number; size: number; layout: Layout } | undefined {
  const { type, alias } = strip(btf, member.type);
  if (type.kind === 'int') {
    const narrow = type.bits !== type.size * 8 || type.bitOffset !== 0;
    if (member.bitSize === 0 && !narrow) return undefined;
    const layout = integerLayout({ ...type, bits: type.size * 8, bitOffset: 0 }, alias ?? type.name, false);
    if (layout.kind === 'opaque') return undefined;
    return { start: member.bitOffset + type.bitOffset, size: member.bitSize || type.bits, layout };
  }
  if (type.kind === 'enum' && member.bitSize > 0) {
    const layout = enumLayout(type, alias ?? named('enum', type.name));
    if (layout.kind === 'opaque') return undefined;
    return { start: member.bitOffset, size: member.bitSize, layout };
  }
  return undefined;
}

function spend(state: State, fields: number): void {
  state.fields += fields;
  if (state.fields > fieldBudget) throw invalid('the types', `more than ${fieldBudget} fields`);
}

function named(word: string, name: string): string {
  return name === '' ? `anonymous ${word}` : `${word} ${name}`;
}
