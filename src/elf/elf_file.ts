/** The parts of 64-bit ELF files, which may have any content. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const LOAD = 1;
const DYN = 3;
const MAXIMUM_TABLE_BYTES = 256 << 20;

/** A program or library, opened. */
export interface ElfFile {
  readonly fd: number;
  /** Its addresses are relative to where it is loaded: a library, or a position-independent program. */
  readonly isRelocated: boolean;
  readonly segments: readonly Buffer[];
  readonly sections: readonly Buffer[];
}

/**
 * Reads a file, whatever kind of file a path names.
 * @param read gets the open file, which is closed afterwards
 * @returns undefined also if it cannot be opened, or is no regular file
 */
export function fromRegularFile<Result>(path: string, read: (fd: number) => Result | undefined): Result | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
  try {
    return fstatSync(fd).isFile() ? read(fd) : undefined;
  } finally {
    closeSync(fd);
  }
}

/**
 * @param fd of a regular file
 * @returns undefined if it is no 64-bit ELF file with the byte order of this machine
 * @throws RangeError if the file ends before one of its parts
 */
export function readElf(fd: number): ElfFile | undefined {
  const header = read(fd, 0, 64);
  if (header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1) return undefined;
  const segments = table(fd, header.readBigUInt64LE(32), header.readUInt16LE(54), header.readUInt16LE(56));
  const sections = table(fd, header.readBigUInt64LE(40), header.readUInt16LE(58), header.readUInt16LE(60));
  return { fd, isRelocated: header.readUInt16LE(16) === DYN, segments, sections };
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

/** The bytes of a section. @throws RangeError if the file ends before */
export function content({ fd }: Pick<ElfFile, 'fd'>, section: Buffer): Buffer {
  return read(fd, Number(section.readBigUInt64LE(24)), Number(section.readBigUInt64LE(32)));
}

/** Where the code at an address is in the file. */
export function fileOffset(segments: readonly Buffer[], address: bigint): number | undefined {
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

/** The address of what is at an offset in the file. */
export function addressAt(segments: readonly Buffer[], offset: number): bigint | undefined {
  for (const segment of segments) {
    const start = Number(segment.readBigUInt64LE(8));
    const size = Number(segment.readBigUInt64LE(32));
    if (segment.readUInt32LE(0) === LOAD && offset >= start && offset < start + size) {
      return segment.readBigUInt64LE(16) + BigInt(offset - start);
    }
  }
  return undefined;
}
