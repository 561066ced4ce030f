import { toInteger } from '../integer.js';
import type { BtfMember, BtfType, BtfVariable } from './btf.js';
import type { ByteReader } from './byte_reader.js';
import { malformed } from './malformed.js';
import type { StringTable } from './string_table.js';

/** The part that all kinds of types share (`struct btf_type`): name, info, size or type, 4 bytes each. */
export const commonSize = 12;

interface TypeRecord {
  readonly name: string;
  readonly flag: boolean;
  /** Number of elements in the tail. */
  readonly length: number;
  /** The size in bytes or a type id, depending on the kind. */
  readonly sizeOrType: number;
  /** Offset of what follows the common part. */
  readonly tail: number;
  readonly bytes: ByteReader;
  readonly strings: StringTable;
}

interface Kind {
  /** Bytes after the common part, and bytes of each of the `length` elements after those. */
  readonly fixed: number;
  readonly each: number;
  readonly read: (record: TypeRecord) => BtfType;
}

const plain = (read: Kind['read']): Kind => ({ fixed: 0, each: 0, read });
const qualifier = (word: 'const' | 'volatile' | 'restrict' | 'tag') =>
  plain(({ sizeOrType }) => ({ kind: 'qualifier', qualifier: word, type: sizeOrType }));

/** By BTF_KIND_*. 0 is `void`, which is not stored. */
const kinds: readonly (Kind | undefined)[] = [
  undefined,
  /* INT */ { fixed: 4, each: 0, read: integer },
  /* PTR */ plain(({ sizeOrType }) => ({ kind: 'pointer', type: sizeOrType })),
  /* ARRAY */ { fixed: 12, each: 0, read: array },
  /* STRUCT */ { fixed: 0, each: 12, read: (record) => composite('struct', record) },
  /* UNION */ { fixed: 0, each: 12, read: (record) => composite('union', record) },
  /* ENUM */ { fixed: 0, each: 8, read: enumeration },
  /* FWD */ plain(({ name, flag }) => ({ kind: 'forward', name, union: flag })),
  /* TYPEDEF */ plain(({ name, sizeOrType }) => ({ kind: 'typedef', name, type: sizeOrType })),
  /* VOLATILE */ qualifier('volatile'),
  /* CONST */ qualifier('const'),
  /* RESTRICT */ qualifier('restrict'),
  /* FUNC */ plain(({ name, sizeOrType }) => ({ kind: 'function', name, type: sizeOrType })),
  /* FUNC_PROTO */ { fixed: 0, each: 8, read: () => ({ kind: 'prototype' }) },
  /* VAR */ { fixed: 4, each: 0, read: ({ name, sizeOrType }) => ({ kind: 'variable', name, type: sizeOrType }) },
  /* DATASEC */ { fixed: 0, each: 12, read: section },
  /* FLOAT */ plain(({ name, sizeOrType }) => ({ kind: 'float', name, size: sizeOrType })),
  /* DECL_TAG */ { fixed: 4, each: 0, read: () => ({ kind: 'tag' }) },
  /* TYPE_TAG */ qualifier('tag'),
  /* ENUM64 */ { fixed: 0, each: 12, read: wideEnumeration },
];

/**
 * Reads the type at an offset. The common part must be inside the section.
 * @param id of the type, for messages
 * @returns the type, and where the next one starts
 * @throws BTF_INVALID
 */
export function readType(
  bytes: ByteReader,
  strings: StringTable,
  at: number,
  sectionEnd: number,
  id: number,
): { type: BtfType; end: number } {
  const info = bytes.u32(at + 4);
  const number = (info >>> 24) & 0x1f;
  const kind = kinds[number];
  if (kind === undefined) throw malformed(`type ${id} is of the unknown kind ${number}`);
  const length = info & 0xffff;
  const end = at + commonSize + kind.fixed + kind.each * length;
  if (end > sectionEnd) throw malformed(`type ${id} is truncated`);
  const type = kind.read({
    name: strings.at(bytes.u32(at)),
    flag: info >>> 31 === 1,
    length,
    sizeOrType: bytes.u32(at + 8),
    tail: at + commonSize,
    bytes,
    strings,
  });
  return { type, end };
}

function integer({ name, sizeOrType, bytes, tail }: TypeRecord): BtfType {
  const data = bytes.u32(tail);
  const flags = (data >>> 24) & 0x0f;
  const encoding = flags & 4 ? 'bool' : flags & 1 ? 'signed' : flags & 2 ? 'char' : 'number';
  return { kind: 'int', name, size: sizeOrType, encoding, bitOffset: (data >>> 16) & 0xff, bits: data & 0xff };
}

function array({ bytes, tail }: TypeRecord): BtfType {
  return { kind: 'array', type: bytes.u32(tail), count: bytes.u32(tail + 8) };
}

function composite(kind: 'struct' | 'union', { name, flag, sizeOrType, ...record }: TypeRecord): BtfType {
  const { bytes, strings } = record;
  const members = elements(record, 12, (at): BtfMember => {
    const offset = bytes.u32(at + 8);
    return {
      name: strings.at(bytes.u32(at)),
      type: bytes.u32(at + 4),
      // With the flag, the upper byte is the width of a bitfield.
      bitOffset: flag ? offset & 0xffffff : offset,
      bitSize: flag ? offset >>> 24 : 0,
    };
  });
  return { kind, name, size: sizeOrType, members };
}

function enumeration({ name, flag, sizeOrType, ...record }: TypeRecord): BtfType {
  const { bytes, strings } = record;
  // Compilers before LLVM 16 leave the flag 0 even for enums with negative values.
  const values = elements(record, 8, (at) => {
    const value = bytes.u32(at + 4);
    return [strings.at(bytes.u32(at)), flag ? value | 0 : value] as const;
  });
  return { kind: 'enum', name, size: sizeOrType, signed: flag, values };
}

function wideEnumeration({ name, flag, sizeOrType, ...record }: TypeRecord): BtfType {
  const { bytes, strings } = record;
  const values = elements(record, 12, (at) => {
    const high = bytes.u32(at + 8);
    return [strings.at(bytes.u32(at)), toInteger(flag ? high | 0 : high, bytes.u32(at + 4))] as const;
  });
  return { kind: 'enum', name, size: sizeOrType, signed: flag, values };
}

function section({ name, sizeOrType, ...record }: TypeRecord): BtfType {
  const { bytes } = record;
  const variables = elements(
    record,
    12,
    (at): BtfVariable => ({ type: bytes.u32(at), offset: bytes.u32(at + 4), size: bytes.u32(at + 8) }),
  );
  return { kind: 'section', name, size: sizeOrType, variables };
}

function elements<T>(
  { length, tail }: Pick<TypeRecord, 'length' | 'tail'>,
  size: number,
  read: (at: number) => T,
): T[] {
  return Array.from({ length }, (_, i) => read(tail + size * i));
}
