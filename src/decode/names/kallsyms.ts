import { open } from 'node:fs/promises';
import type { Integer } from '../integer.js';

/**
 * Kernel addresses are handled as their distance from here. It fits a double exactly and covers the kernel's half of the
 * address space on x86-64 and arm64.
 */
const base = 0xfff0_0000_0000_0000n;
const baseHigh = Number(base >> 32n);
const pieceSize = 64 * 1024;
export const longestName = 512;

/**
 * Reads a file in the format of /proc/kallsyms, which takes megabytes, piece by piece; the event loop runs in between.
 * @param lines takes all complete lines of the first `length` bytes of `data`, and returns where the rest begins
 */
export async function readPieces(path: string, lines: (data: Buffer, length: number) => number): Promise<void> {
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(pieceSize);
    let kept = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, buffer.length - kept);
      if (bytesRead === 0) break;
      const end = kept + bytesRead;
      const rest = lines(buffer, end);
      // An endless line is not one of kallsyms.
      kept = end - rest > 2 * longestName ? 0 : end - rest;
      buffer.copyWithin(0, end - kept, end);
    }
  } finally {
    await file.close();
  }
}

/** The distance of an address; negative below the kernel's half. */
export function distanceOfAddress(address: Integer): number {
  return Number(BigInt(address) - base);
}

/** The distance of a line `ffffffff81000000 T name [module]`; the name starts at its twentieth byte. Negative for other lines, and for hidden addresses and offsets into per-cpu areas. */
export function distanceOf(data: Buffer, start: number, end: number): number {
  if (end - start < 20) return -1;
  const high = hexWord(data, start);
  const low = hexWord(data, start + 8);
  return high >= baseHigh && low >= 0 ? (high - baseHigh) * 0x100000000 + low : -1;
}

/** Eight hexadecimal digits; NaN when there are others. */
function hexWord(data: Buffer, at: number): number {
  let word = 0;
  for (let i = at; i < at + 8; i++) {
    const code = data[i]!;
    const digit = code >= 97 && code <= 102 ? code - 87 : code >= 48 && code <= 57 ? code - 48 : Number.NaN;
    word = word * 16 + digit;
  }
  return word;
}

/** Where a name ends that starts at a byte: a tab or space follows before the name of a module. */
export function nameEnd(data: Buffer, start: number, lineEnd: number): number {
  let end = start;
  while (end < lineEnd && data[end] !== 9 && data[end] !== 32) end++;
  return end;
}
