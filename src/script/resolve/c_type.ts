/** Types of C, as structs of the kernel, tracepoints and definitions of a script have them. */

export type CType =
  | { readonly kind: 'void' }
  | IntegerType
  | { readonly kind: 'pointer'; readonly to: CType }
  | { readonly kind: 'array'; readonly element: CType; readonly count: number }
  | RecordType
  /** What has no value here: functions, floating point, integers of 16 bytes, structs without a body. */
  | { readonly kind: 'opaque'; readonly name: string; readonly bytes: number };

export interface IntegerType {
  readonly kind: 'integer';
  /** 1, 2, 4 or 8. */
  readonly bytes: number;
  readonly isSigned: boolean;
  readonly isBoolean?: true;
  /** `char`: an array of these is a text. */
  readonly isCharacter?: true;
  /** The name of the enum with the names of the values. */
  readonly enumeration?: string;
  /** Of an enum that the script defines: names by value. */
  readonly names?: Readonly<Record<string, string>>;
}

export interface RecordType {
  readonly kind: 'record';
  readonly keyword: 'struct' | 'union';
  /** Empty: it has none. */
  readonly name: string;
  readonly bytes: number;
  /** Read when somebody asks, since kernel types refer to each other without end. */
  readonly members: readonly Member[];
}

export interface Member {
  /** Empty for an anonymous struct or union, whose members belong to the surrounding one. */
  readonly name: string;
  readonly type: CType;
  /** Bytes from the start of the record. For a bitfield, those of its first byte. */
  readonly offset: number;
  /** Present for a bitfield: its first bit in that byte, and its width. */
  readonly bits?: { readonly shift: number; readonly width: number };
  /** `__data_loc` and `__rel_loc` of tracepoints: a word with the length above the offset of the data, from the record or from its own end. */
  readonly located?: 'record' | 'field';
}

export function integer(bytes: number, isSigned: boolean): IntegerType {
  return { kind: 'integer', bytes, isSigned };
}

export const character: IntegerType = { kind: 'integer', bytes: 1, isSigned: true, isCharacter: true };
export const pointerTo = (to: CType): CType => ({ kind: 'pointer', to });

export function sizeOf(type: CType): number {
  switch (type.kind) {
    case 'void':
      return 1;
    case 'pointer':
      return 8;
    case 'array':
      return sizeOf(type.element) * type.count;
    default:
      return type.bytes;
  }
}

export function isText(type: CType): boolean {
  return type.kind === 'array' && type.element.kind === 'integer' && type.element.isCharacter === true;
}

/** The member of a name, also in anonymous structs and unions, with its offset from the start of `record`. */
export function findMember(record: RecordType, name: string): Member | undefined {
  for (const member of record.members) {
    if (member.name === name) return member;
    if (member.name !== '' || member.type.kind !== 'record') continue;
    const inner = findMember(member.type, name);
    if (inner !== undefined) return { ...inner, offset: inner.offset + member.offset };
  }
  return undefined;
}

/** Names of all members, those of anonymous structs and unions included. */
export function memberNames(record: RecordType): string[] {
  return record.members.flatMap(({ name, type }) =>
    name !== '' ? [name] : type.kind === 'record' ? memberNames(type) : [],
  );
}

/** As C writes it, for faults and `--explain`. */
export function typeText(type: CType): string {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'integer':
      return type.isBoolean
        ? 'bool'
        : type.enumeration !== undefined && type.enumeration !== ''
          ? `enum ${type.enumeration}`
          : type.isCharacter
            ? 'char'
            : `${type.isSigned ? '' : 'u'}int${type.bytes * 8}`;
    case 'pointer':
      return `${typeText(type.to)} *`;
    case 'array':
      return `${typeText(type.element)}[${type.count}]`;
    case 'record':
      return `${type.keyword} ${type.name || '{ … }'}`;
    case 'opaque':
      return type.name;
  }
}
