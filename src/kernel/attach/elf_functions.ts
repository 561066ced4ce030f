import { fileOffset, readElf } from '../../elf/elf_file.js';
import { symbolsOf } from '../../elf/elf_symbols.js';

/** A function in a program or library. */
export interface ElfFunction {
  readonly name: string;
  /** In the file. */
  readonly offset: number;
  readonly isGlobal: boolean;
}

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
    const found = new Map<string, ElfFunction>();
    for (const symbol of symbolsOf(file, isWanted)) {
      const offset = symbol.isFunction ? fileOffset(file.segments, symbol.address) : undefined;
      if (offset === undefined) continue;
      const known = found.get(`${symbol.name} ${offset}`);
      const isGlobal = symbol.isGlobal || known?.isGlobal === true;
      found.set(`${symbol.name} ${offset}`, { name: symbol.name, offset, isGlobal });
    }
    return [...found.values()];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
