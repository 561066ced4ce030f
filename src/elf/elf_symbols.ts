/** The symbol tables of 64-bit ELF files. */
import { addressAt, content, type ElfFile, fileOffset, fromRegularFile, readElf } from './elf_file.js';

export interface ElfSymbol {
  readonly name: string;
  readonly address: bigint;
  /** Bytes; 0: not known. */
  readonly size: number;
  /** A function whose code is at the address: none whose address is chosen when the program starts (IFUNC). */
  readonly isFunction: boolean;
  readonly isGlobal: boolean;
}

/** What a program or library defines. */
export interface DefinedSymbols {
  /** Addresses are relative to where it is loaded. */
  readonly isRelocated: boolean;
  /** In the order of the tables. One that is in both tables is there twice. */
  readonly symbols: readonly ElfSymbol[];
  /** The address of what is at an offset in the file. */
  addressAt(offset: number): bigint | undefined;
  /** Where in the file the code at an address is. */
  offsetOf(address: bigint): number | undefined;
}

const SYMTAB = 2;
const DYNSYM = 11;
const NOTYPE = 0;
const OBJECT = 1;
const FUNCTION = 2;
const IFUNC = 10;
const SYMBOL_BYTES = 24;

/**
 * The symbols that a file defines.
 * @param isWanted chooses by name
 * @throws RangeError if the file ends before one of its parts
 */
export function* symbolsOf(file: ElfFile, isWanted: (name: string) => boolean): Generator<ElfSymbol> {
  for (const section of file.sections) {
    const type = section.readUInt32LE(4);
    const strings = file.sections[section.readUInt32LE(40)];
    if ((type !== SYMTAB && type !== DYNSYM) || strings === undefined) continue;
    yield* symbolsIn(content(file, section), content(file, strings), isWanted);
  }
}

function* symbolsIn(bytes: Buffer, strings: Buffer, isWanted: (name: string) => boolean): Generator<ElfSymbol> {
  for (let at = 0; at + SYMBOL_BYTES <= bytes.length; at += SYMBOL_BYTES) {
    const info = bytes[at + 4]!;
    const type = info & 0xf;
    const isDefined = bytes.readUInt16LE(at + 6) !== 0;
    const isAddressable = [NOTYPE, OBJECT, FUNCTION, IFUNC].includes(type);
    if (!isDefined || !isAddressable) continue;
    const start = bytes.readUInt32LE(at);
    const name = strings.toString('latin1', start, strings.indexOf(0, start));
    if (name === '' || !isWanted(name)) continue;
    yield {
      name,
      address: bytes.readBigUInt64LE(at + 8),
      size: Number(bytes.readBigUInt64LE(at + 16)),
      isFunction: type === FUNCTION,
      isGlobal: info >> 4 !== 0,
    };
  }
}

/**
 * The symbols that a program or library defines.
 * @param isWanted chooses by name
 * @returns undefined if it cannot be read, or is no 64-bit ELF file of this machine's byte order
 */
export function definedSymbols(path: string, isWanted: (name: string) => boolean): DefinedSymbols | undefined {
  return fromRegularFile(path, (fd) => {
    try {
      const file = readElf(fd);
      if (file === undefined) return undefined;
      const { isRelocated, segments } = file;
      return {
        isRelocated,
        symbols: [...symbolsOf(file, isWanted)],
        addressAt: (offset) => addressAt(segments, offset),
        offsetOf: (address) => fileOffset(segments, address),
      };
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  });
}
