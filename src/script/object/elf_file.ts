import { ByteWriter } from './byte_writer.js';
import { StringSection } from './string_section.js';

/** `sh_type`, `sh_flags`, symbol types and relocations, of the ELF specification and of BPF's psABI. */
export const sectionTypes = { bits: 1, symbols: 2, strings: 3, noBits: 8, relocations: 9 } as const;
export const sectionFlags = { none: 0, write: 1, alloc: 2, code: 4 } as const;
const symbolTypes = { none: 0, object: 1, function: 2, section: 3 } as const;
export const relocationTypes = { wide: 1, call: 10 } as const;
const relocatable = 1;
const bpf = 247;
const headerBytes = 64;
const sectionHeaderBytes = 64;
const symbolBytes = 24;
const relocationBytes = 16;

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly bytes: Uint8Array;
  readonly alignment: number;
}

export interface ObjectSymbol {
  readonly name: string;
  readonly kind: 'object' | 'function' | 'none';
  readonly isLocal: boolean;
  /** Undefined: it is the kernel's. */
  readonly section: string | undefined;
  readonly offset: number;
  readonly bytes: number;
}

export interface Relocation {
  readonly section: string;
  readonly offset: number;
  readonly type: number;
  /** A symbol, or the beginning of a section. */
  readonly target: { readonly symbol: string } | { readonly section: string };
}

/** Writes a relocatable ELF object for BPF, little-endian. */
export function elfFile(
  sections: readonly Section[],
  symbols: readonly ObjectSymbol[],
  relocations: readonly Relocation[],
): Uint8Array {
  const indexOf = new Map(sections.map(({ name }, index) => [name, index + 1]));
  const names = new StringSection();
  const table = new ByteWriter().bytes(new Uint8Array(symbolBytes));
  const bySection = new Map<string, number>();
  const byName = new Map<string, number>();
  let count = 1;
  const add = (name: number, info: number, section: string | undefined, offset: number, bytes: number): number => {
    table
      .words(name)
      .number(info, 1)
      .number(0, 1)
      .number(section === undefined ? 0 : indexOf.get(section)!, 2)
      .number(offset, 8)
      .number(bytes, 8);
    return count++;
  };
  for (const { name } of sections) bySection.set(name, add(0, symbolTypes.section, name, 0, 0));
  const write = ({ name, kind, isLocal, section, offset, bytes }: ObjectSymbol) =>
    byName.set(name, add(names.add(name), ((isLocal ? 0 : 1) << 4) | symbolTypes[kind], section, offset, bytes));
  for (const symbol of symbols.filter(({ isLocal }) => isLocal)) write(symbol);
  const firstGlobal = count;
  for (const symbol of symbols.filter(({ isLocal }) => !isLocal)) write(symbol);

  const headers: (Section & { readonly link: number; readonly info: number; readonly entry: number })[] = [];
  for (const section of sections) headers.push({ ...section, link: 0, info: 0, entry: 0 });
  const relocated = [...new Set(relocations.map(({ section }) => section))];
  const symbolTable = sections.length + relocated.length + 1;
  for (const name of relocated) {
    const rows = new ByteWriter();
    for (const { offset, type, target } of relocations.filter(({ section }) => section === name)) {
      const symbol = 'symbol' in target ? byName.get(target.symbol) : bySection.get(target.section);
      rows.number(offset, 8).number((BigInt(symbol!) << 32n) | BigInt(type), 8);
    }
    const base = { name: `.rel${name}`, type: sectionTypes.relocations, flags: 0, bytes: rows.toBytes(), alignment: 8 };
    headers.push({ ...base, link: symbolTable, info: indexOf.get(name)!, entry: relocationBytes });
  }
  const plain = { flags: 0, info: 0, entry: 0, link: 0 };
  headers.push({
    ...plain,
    name: '.symtab',
    type: sectionTypes.symbols,
    bytes: table.toBytes(),
    alignment: 8,
    link: symbolTable + 1,
    info: firstGlobal,
    entry: symbolBytes,
  });
  headers.push({ ...plain, name: '.strtab', type: sectionTypes.strings, bytes: names.toBytes(), alignment: 1 });
  const sectionNames = new StringSection();
  for (const { name } of headers) sectionNames.add(name);
  sectionNames.add('.shstrtab');
  headers.push({
    ...plain,
    name: '.shstrtab',
    type: sectionTypes.strings,
    bytes: sectionNames.toBytes(),
    alignment: 1,
  });
  return written(headers, sectionNames);
}

function written(
  headers: readonly (Section & { readonly link: number; readonly info: number; readonly entry: number })[],
  names: StringSection,
): Uint8Array {
  const body = new ByteWriter().bytes(new Uint8Array(headerBytes));
  const table = new ByteWriter().bytes(new Uint8Array(sectionHeaderBytes));
  for (const { name, type, flags, bytes, alignment, link, info, entry } of headers) {
    body.align(alignment);
    table.words(names.add(name), type).number(flags, 8).number(0, 8).number(body.length, 8).number(bytes.length, 8);
    table.words(link, info).number(alignment, 8).number(entry, 8);
    if (type !== sectionTypes.noBits) body.bytes(bytes);
  }
  body.align(8);
  const tableOffset = body.length;
  const file = body.bytes(table.toBytes()).toBytes();
  const header = new ByteWriter().bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1)).align(16);
  header.number(relocatable, 2).number(bpf, 2).words(1).number(0, 8).number(0, 8).number(tableOffset, 8).words(0);
  header.number(headerBytes, 2).number(0, 2).number(0, 2).number(sectionHeaderBytes, 2);
  header.number(headers.length + 1, 2).number(headers.length, 2);
  file.set(header.toBytes());
  return file;
}
