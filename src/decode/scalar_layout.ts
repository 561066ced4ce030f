import type { Btf, BtfType } from './btf/btf.js';
import { malformed } from './btf/malformed.js';
import type { Integer } from './integer.js';
import type { EnumLayout, IntegerLayout, OpaqueLayout } from './layout.js';

const chainLimit = 64;

/** A type without its typedefs and qualifiers. */
export interface StrippedType {
  readonly type: BtfType;
  /** The outermost typedef: the name that the author of the program used. */
  readonly alias: string | undefined;
  /** One of the typedefs is `__be16`, `__be32` or `__be64`. */
  readonly network: boolean;
}

/**
 * Follows typedefs and qualifiers.
 * @throws BTF_INVALID when they do not end
 */
export function strip(btf: Btf, id: number): StrippedType {
  let type = btf.type(id);
  let alias: string | undefined;
  let network = false;
  for (let steps = 0; type.kind === 'typedef' || type.kind === 'qualifier'; steps++) {
    if (steps === chainLimit)
      throw malformed(`type ${id} has more than ${chainLimit} typedefs and qualifiers in a row`);
    if (type.kind === 'typedef') {
      alias ??= type.name;
      network ||= type.name === '__be16' || type.name === '__be32' || type.name === '__be64';
    }
    type = btf.type(type.type);
  }
  return { type, alias, network };
}

/** Integers that are not whole numbers of 1, 2, 4 or 8 bytes are opaque. */
export function integerLayout(
  type: BtfType & { kind: 'int' },
  name: string,
  network: boolean,
): IntegerLayout | OpaqueLayout {
  const { size, bits, bitOffset } = type;
  if (!isIntegerSize(size) || bits !== size * 8 || bitOffset !== 0) {
    const what = size === 16 ? 'a 16-byte integer' : `an integer of ${bits} bits in ${size} bytes`;
    return { kind: 'opaque', type: name, size, what };
  }
  const isChar = type.encoding === 'char' || (size === 1 && type.name === 'char');
  const encoding = type.encoding === 'bool' ? 'bool' : isChar ? 'char' : 'number';
  return { kind: 'integer', type: name, size, signed: type.encoding === 'signed', encoding, network };
}

export function enumLayout(type: BtfType & { kind: 'enum' }, name: string): EnumLayout | OpaqueLayout {
  const { size, signed } = type;
  if (!isIntegerSize(size)) return { kind: 'opaque', type: name, size, what: `an enum of ${size} bytes` };
  const names = new Map<Integer, string>();
  for (const [enumerator, value] of type.values) {
    // BTF stores 4 bytes even for smaller enums, negative values with their sign extended.
    const stored = signed || size >= 4 || typeof value === 'bigint' ? value : value % 2 ** (8 * size);
    if (!names.has(stored)) names.set(stored, enumerator);
  }
  return { kind: 'enum', type: name, size, signed, names };
}

export function opaqueLayout(type: BtfType, alias: string | undefined): OpaqueLayout {
  switch (type.kind) {
    case 'float':
      return {
        kind: 'opaque',
        type: alias ?? type.name,
        size: type.size,
        what: 'a floating-point number',
        isFloat: true,
      };
    case 'forward': {
      const name = nameOf(type.union ? 'union' : 'struct', type.name);
      return { kind: 'opaque', type: alias ?? name, size: 0, what: 'a type that is declared but not defined' };
    }
    case 'variable':
      return { kind: 'opaque', type: type.name, size: 0, what: 'a variable' };
    default: {
      const name = type.kind === 'void' ? 'void' : 'function';
      return { kind: 'opaque', type: alias ?? name, size: 0, what: 'a type without a size' };
    }
  }
}

/** The C name of a struct, union or enum. */
export function nameOf(keyword: 'struct' | 'union' | 'enum', name: string): string {
  return name === '' ? `anonymous ${keyword}` : `${keyword} ${name}`;
}

function isIntegerSize(size: number): size is 1 | 2 | 4 | 8 {
  return size === 1 || size === 2 || size === 4 || size === 8;
}
