import type { Btf, BtfMember, BtfType } from './btf/btf.js';
import { malformed } from './btf/malformed.js';
import type { Bits, EnumLayout, Field, IntegerLayout, Layout } from './layout.js';
import { enumLayout, integerLayout, nameOf, strip } from './scalar_layout.js';

type LayoutOf = (id: number) => Layout;

/**
 * The fields of a struct or union. An anonymous member contributes its own fields.
 * @param layoutOf the layouts of member types
 * @param spend is told how many fields are about to be copied from an anonymous member
 * @throws BTF_INVALID for members that do not fit into the record
 */
export function recordFields(
  btf: Btf,
  record: BtfType & { kind: 'struct' | 'union' },
  layoutOf: LayoutOf,
  spend: (fields: number) => void,
): Field[] {
  return record.members.flatMap((member) => {
    const subject = `member "${member.name}" of "${record.name}"`;
    const bitfield = bitfieldOf(btf, member);
    if (bitfield !== undefined) return bitfieldField(member.name, bitfield, record.size, subject);
    const layout = layoutOf(member.type);
    if (member.bitOffset % 8 !== 0) throw malformed(`${subject} starts at bit ${member.bitOffset}, inside a byte`);
    const offset = member.bitOffset / 8;
    if (offset + layout.size > record.size) throw malformed(`${subject} ends beyond the record`);
    if (member.name !== '') return [{ name: member.name, offset, layout }];
    if (layout.kind !== 'struct' && layout.kind !== 'union') return [];
    spend(layout.fields.length);
    return layout.fields.map((inner) => ({
      ...inner,
      offset: inner.offset + offset,
      ...(inner.bits && { bits: { start: inner.bits.start + member.bitOffset, size: inner.bits.size } }),
    }));
  });
}

/**
 * The variables of a data section as fields.
 * @throws BTF_INVALID for variables that do not fit into the section
 */
export function sectionFields(btf: Btf, section: BtfType & { kind: 'section' }, layoutOf: LayoutOf): Field[] {
  return section.variables.map(({ type, offset }) => {
    const variable = btf.type(type);
    if (variable.kind !== 'variable') throw malformed(`section "${section.name}" lists a type that is not a variable`);
    const layout = layoutOf(variable.type);
    if (offset + layout.size > section.size) {
      throw malformed(`variable "${variable.name}" ends beyond section "${section.name}"`);
    }
    return { name: variable.name, offset, layout };
  });
}

interface Bitfield extends Bits {
  /** The declared type, in whole bytes. */
  readonly layout: IntegerLayout | EnumLayout;
}

/** Understands both encodings: the width in the member (kind_flag), and an integer type of fewer bits. */
function bitfieldOf(btf: Btf, member: BtfMember): Bitfield | undefined {
  const { type, alias } = strip(btf, member.type);
  if (type.kind === 'int') {
    const isNarrow = type.bits !== type.size * 8 || type.bitOffset !== 0;
    if (member.bitSize === 0 && !isNarrow) return undefined;
    const layout = integerLayout({ ...type, bits: type.size * 8, bitOffset: 0 }, alias ?? type.name, false);
    if (layout.kind === 'opaque') return undefined;
    return { start: member.bitOffset + type.bitOffset, size: member.bitSize || type.bits, layout };
  }
  if (type.kind === 'enum' && member.bitSize > 0) {
    const layout = enumLayout(type, alias ?? nameOf('enum', type.name));
    if (layout.kind === 'opaque') return undefined;
    return { start: member.bitOffset, size: member.bitSize, layout };
  }
  return undefined;
}

function bitfieldField(name: string, { start, size, layout }: Bitfield, recordSize: number, subject: string): Field[] {
  if (size > layout.size * 8) throw malformed(`${subject} is a bitfield of ${size} bits in ${layout.size} bytes`);
  if (start + size > recordSize * 8) throw malformed(`${subject} is a bitfield that ends beyond the record`);
  if (name === '') return [];
  return [{ name, offset: start >>> 3, layout, bits: { start, size } }];
}
