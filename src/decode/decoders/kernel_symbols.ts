import { open } from 'node:fs/promises';
import type { Integer } from '../integer.js';

/**
 * Kernel addresses are handled as their distance from here: that fits a double exactly, and holds the kernel's half of the
 * address space on x86-64 and arm64.
 */
const base = 0xfff0_0000_0000_0000n;
const baseHigh = Number(base >> 32n);
const pieceSize = 64 * 1024;
const longestName = 512;

/**
 * The names of the symbols that addresses lie in; addresses before the first symbol are left out. The file is one such as
 * /proc/kallsyms, megabytes of it, of which nothing else is kept: it is read piece by piece, and the event loop runs between them.
 * Without privilege (kptr_restrict) all addresses in it are 0: nothing is found then.
 */
export async function findSymbols(path: string, addresses: Iterable<Integer>): Promise<Map<Integer, string>> {
  const search = new Search(addresses);
  const file = await open(path);
  try {
    const buffer = Buffer.allocUnsafe(pieceSize);
    let kept = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, buffer.length - kept);
      if (bytesRead === 0) break;
      const end = kept + bytesRead;
      const rest = search.lines(buffer, end);
      // A line without an end is no line of this file.
      kept = end - rest > 2 * longestName ? 0 : end - rest;
      buffer.copyWithin(0, end - kept, end);
    }
  } finally {
    await file.close();
  }
  return search.found();
}

/** Takes lines `ffffffff81000000 T name [module]`: the kernel's own in order, then those of modules and BPF programs in none. */
class Search {
  private readonly wanted: readonly { readonly address: Integer; readonly distance: number }[];
  /** For each wanted address the nearest symbol below it, and above the wanted address before it. */
  private readonly nearest: Float64Array;
  private readonly names: (string | undefined)[];

  constructor(addresses: Iterable<Integer>) {
    this.wanted = [...new Set(addresses)]
      .map((address) => ({ address, distance: Number(BigInt(address) - base) }))
      .filter(({ distance }) => distance >= 0)
      .sort((a, b) => a.distance - b.distance);
    this.nearest = new Float64Array(this.wanted.length).fill(-1);
    this.names = new Array<string | undefined>(this.wanted.length).fill(undefined);
  }

  /** Takes in all lines that are complete. @returns where the rest begins */
  lines(data: Buffer, length: number): number {
    let start = 0;
    // The last symbol may be superseded by the next: its name is made only when it is not, and while its bytes are there.
    let last = { place: -1, distance: -1, start: 0, end: 0 };
    for (let end = data.indexOf(10); end !== -1 && end < length; end = data.indexOf(10, start)) {
      const distance = distanceOf(data, start, end);
      const place = distance < 0 ? -1 : this.placeOf(distance);
      if (place !== -1 && distance > this.nearest[place]! && distance !== last.distance) {
        if (place !== last.place || distance < last.distance) this.take(data, last);
        if (place !== last.place || distance > last.distance) last = { place, distance, start: start + 19, end };
      }
      start = end + 1;
    }
    this.take(data, last);
    return start;
  }

  found(): Map<Integer, string> {
    const found = new Map<Integer, string>();
    let name: string | undefined;
    for (const [place, { address }] of this.wanted.entries()) {
      name = this.names[place] ?? name;
      if (name !== undefined) found.set(address, name);
    }
    return found;
  }

  /** The first wanted address at or above a symbol; -1 when there is none. */
  private placeOf(distance: number): number {
    const { wanted } = this;
    let low = 0;
    let high = wanted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (wanted[middle]!.distance < distance) low = middle + 1;
      else high = middle;
    }
    return low === wanted.length ? -1 : low;
  }

  private take(data: Buffer, symbol: { place: number; distance: number; start: number; end: number }): void {
    if (symbol.place === -1 || symbol.distance <= this.nearest[symbol.place]!) return;
    let end = symbol.start;
    while (end < symbol.end && data[end] !== 9 && data[end] !== 32) end++;
    if (end - symbol.start > longestName) return;
    this.nearest[symbol.place] = symbol.distance;
    this.names[symbol.place] = data.toString('latin1', symbol.start, end);
  }
}

/** The address of a line; negative for other lines, and for addresses that are offsets into per-CPU areas, or hidden. */
function distanceOf(data: Buffer, start: number, end: number): number {
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
