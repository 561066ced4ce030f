/** The USDT probes in a program or library: its section `.note.stapsdt`. */
import { readFileSync, statSync } from 'node:fs';

export interface UsdtProbe {
  readonly provider: string;
  readonly name: string;
}

const mostBytes = 256 << 20;
const sectionName = '.note.stapsdt';
const noteType = 3;

/**
 * Probes, each once, by provider and name.
 * @returns undefined if the file cannot be read, or is no 64-bit ELF file of this machine's byte order
 */
export function usdtProbesOf(file: string): UsdtProbe[] | undefined {
  try {
    const status = statSync(file);
    if (!status.isFile() || status.size > mostBytes) return undefined;
    return probesIn(readFileSync(file));
  } catch {
    return undefined;
  }
}

/** @throws RangeError if a part is beyond the end of the file */
function probesIn(file: Buffer): UsdtProbe[] | undefined {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) return undefined;
  const [table, size, count] = [Number(file.readBigUInt64LE(40)), file.readUInt16LE(58), file.readUInt16LE(60)];
  const sections = Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    return {
      name: file.readUInt32LE(at),
      offset: Number(file.readBigUInt64LE(at + 24)),
      bytes: Number(file.readBigUInt64LE(at + 32)),
    };
  });
  const names = sections[file.readUInt16LE(62)];
  if (names === undefined) return [];
  const found = new Map<string, UsdtProbe>();
  for (const { name, offset, bytes } of sections) {
    if (textAt(file, names.offset + name) !== sectionName) continue;
    for (const probe of notes(file.subarray(offset, offset + bytes)))
      found.set(`${probe.provider}:${probe.name}`, probe);
  }
  return [...found.values()];
}

function* notes(section: Buffer): Iterable<UsdtProbe> {
  const aligned = (bytes: number) => Math.ceil(bytes / 4) * 4;
  for (let at = 0; at + 12 <= section.length; ) {
    const [owner, bytes, type] = [0, 4, 8].map((offset) => section.readUInt32LE(at + offset)) as [
      number,
      number,
      number,
    ];
    // Three addresses come before the texts.
    const provider = at + 12 + aligned(owner) + 24;
    if (type === noteType) {
      const first = textAt(section, provider);
      yield { provider: first, name: textAt(section, provider + first.length + 1) };
    }
    at += 12 + aligned(owner) + aligned(bytes);
  }
}

function textAt(bytes: Buffer, start: number): string {
  const end = bytes.indexOf(0, start);
  if (end < 0) throw new RangeError('a text without an end');
  return bytes.toString('latin1', start, end);
}
