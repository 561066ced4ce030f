import { fstatSync, readSync } from 'node:fs';

/** A function in a program or library. */
export interface ElfFunction {
  readonly name: string;
  /** In the file. */
  readonly offset: number;
  readonly isGlobal: boolean;
}

const SYMTAB = 2;
const DYNSYM = 11;
const LOAD = 1;
const FUNCTION = 2;
const SYMBOL_BYTES = 24;
const MAXIMUM_TABLE_BYTES = 256 << 20;

/**
 * The functions in the symbol tables of a 64-bit ELF file. Functions whose address is chosen when the program starts (IFUNC) are
 * left out: their symbol is not the code that runs.
 * @param fd of a regular file, which may have any content
 * @param isWanted chooses by name
 * @returns undefined if it is no ELF file of this machine's byte order, or a malformed one
 */
export function elfFunctions(fd: number, isWanted: (name: string) => boolean): ElfFunction[] | undefined {
  try {
    const header = read(fd, 0, 64);
    if (header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1) return undefined;
    const segments = table(fd, header.readBigUInt64LE(32), header.readUInt16LE(54), header.readUInt16LE(56));
    const sections = table(fd, header.readBigUInt64LE(40), header.readUInt16LE(58), header.readUInt16LE(60));
    const found = new Map<string, ElfFunction>();
    for (const section of sections) {
      const type = section.readUInt32LE(4);
      const strings = sections[section.readUInt32LE(40)];
      if ((type !== SYMTAB && type !== DYNSYM) || strings === undefined) continue;
      for (const symbol of symbols(content(fd, section), content(fd, strings), isWanted)) {
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

/** @throws RangeError if the file ends before */
function read(fd: number, position: number, bytes: number): Buffer {
  if (bytes > MAXIMUM_TABLE_BYTES || position + bytes > fstatSync(fd).size) throw new RangeError('beyond the file');
  const buffer = Buffer.alloc(bytes);
  for (let done = 0; done < bytes; ) {
    const more = readSync(fd, buffer, done, bytes - done, position + done);
    if (more === 0) throw new RangeError('beyond the file');
    done += more;
  }
  return buffer;
}

function table(fd: number, position: bigint, entryBytes: number, count: number): Buffer[] {
  if (count === 0) return [];
  const bytes = read(fd, Number(position), entryBytes * count);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * entryBytes, (i + 1) * entryBytes));
}

function content(fd: number, section: Buffer): Buffer {
  return read(fd, Number(section.readBigUInt64LE(24)), Number(section.readBigUInt64LE(32)));
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

/** Where the code at an address is in the file. */
function fileOffset(segments: readonly Buffer[], address: bigint): number | undefined {
  for (const segment of segments) {
    const start = segment.readBigUInt64LE(16);
    const offset = segment.readBigUInt64LE(8);
    const size = segment.readBigUInt64LE(32);
    if (segment.readUInt32LE(0) === LOAD && address >= start && address < start + size) {
      return Number(address - start + offset);
    }
  }
  return undefined;
}
