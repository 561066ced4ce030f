import { content, fromRegularFile, readElf } from './elf_file.js';

/** A USDT probe that a program or library offers. */
export interface UsdtProbe {
  readonly provider: string;
  readonly name: string;
  /** Where the arguments are, as the compiler wrote it: `-4@%edi 8@%rax`. Empty: it has none. */
  readonly arguments: string;
}

const NOTE = 7;
const OWNER = 'stapsdt\0';
const STAPSDT = 3;
/** Of the addresses that come first: the place, the base, and the semaphore. */
const ADDRESS_BYTES = 24;

/**
 * The USDT probes in the notes of a 64-bit ELF file, each once, although it may be in several places.
 * @param fd of a regular file, which may have any content
 * @returns undefined if it is no ELF file of this machine's byte order, or a malformed one
 */
export function usdtProbes(fd: number): UsdtProbe[] | undefined {
  try {
    const file = readElf(fd);
    if (file === undefined) return undefined;
    const found = new Map<string, UsdtProbe>();
    for (const section of file.sections) {
      if (section.readUInt32LE(4) !== NOTE) continue;
      for (const probe of notes(content(file, section))) found.set(`${probe.provider}:${probe.name}`, probe);
    }
    return [...found.values()];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** `usdtProbes` of a path. @returns undefined also if it cannot be read, or is no regular file */
export function usdtProbesOf(path: string): UsdtProbe[] | undefined {
  return fromRegularFile(path, usdtProbes);
}

function* notes(bytes: Buffer): Generator<UsdtProbe> {
  for (let at = 0; at + 12 <= bytes.length; ) {
    const nameBytes = bytes.readUInt32LE(at);
    const descriptionBytes = bytes.readUInt32LE(at + 4);
    const start = at + 12 + aligned(nameBytes);
    const owner = bytes.toString('latin1', at + 12, at + 12 + nameBytes);
    if (owner === OWNER && bytes.readUInt32LE(at + 8) === STAPSDT) {
      const text = bytes.toString('latin1', start + ADDRESS_BYTES, start + descriptionBytes);
      const [provider = '', name = '', places = ''] = text.split('\0');
      yield { provider, name, arguments: places };
    }
    at = start + aligned(descriptionBytes);
  }
}

// No bit operations: they would make a large number negative.
const aligned = (bytes: number) => Math.ceil(bytes / 4) * 4;
