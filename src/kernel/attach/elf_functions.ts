import { content, fileOffset, readElf } from '../../elf/elf_file.js';

/** A function in a program or library. */
export interface ElfFunction {
  readonly name: string;
  /** In the file. */
  readonly offset: number;
  readonly isGlobal: boolean;
}

const SYMTAB = 2;
const DYNSYM = 11;
const FUNCTION = 2;
const SYMBOL_BYTES = 24;

/**
 * The functions in the symbol tables of a 64-bit ELF file. Functions whose address is chosen when the program starts (IFUNC) are
 * left out: their symbol is not the code that runs.
 * @param fd of a regular file, which may have any content
 * @param isWanted chooses by name
 * @returns undefined if it is no ELF file of this machine's byte order, or a malformed one
 */
export function elfFunctions(fd: number, isWanted: (name: string) => boolean): ElfFunction[] | undefined {
  try {
    const file = readElf(fd);
    if (file === undefined) return undefined;
    const { sections, segments } = file;
    const found = new Map<string, ElfFunction>();
    for (const section of sections) {
      const type = section.readUInt32LE(4);
      const strings = sections[section.readUInt32LE(40)];
      if ((type !== SYMTAB && type !== DYNSYM) || strings === undefined) continue;
      for (const symbol of symbols(content(file, section), content(file, strings), isWanted)) {
        const offset = fileOffset(segments, symbol.address);
        if (offset === undefined) continue;
        const known = found.get(`${symbol.name} ${offset}`);
        const isGlobal = symbol.isGlobal || known?.isGlobal === true;
        found.set(`${symbol.name} ${offset}`, { name: symbol.name, offset, isGlobal });
      }
    }
    return [...found.values()];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function* symbols(bytes: Buffer, strings: Buffer, isWanted: (name: string) => boolean) {
  for (let at = 0; at + SYMBOL_BYTES <= bytes.length; at += SYMBOL_BYTES) {
    const info = bytes[at + 4]!;
    const isDefined = bytes.readUInt16LE(at + 6) !== 0;
    if ((info & 0xf) !== FUNCTION || !isDefined) continue;
    const start = bytes.readUInt32LE(at);
    const name = strings.toString('latin1', start, strings.indexOf(0, start));
    if (name === '' || !isWanted(name)) continue;
    yield { name, address: bytes.readBigUInt64LE(at + 8), isGlobal: info >> 4 !== 0 };
  }
}
