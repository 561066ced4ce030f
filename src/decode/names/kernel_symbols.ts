import { open } from 'node:fs/promises';
import { visible } from '../../visible_text.js';
import type { Integer } from '../integer.js';

/**
 * Kernel addresses are handled as their distance from here. It fits a double exactly and covers the kernel's half of the
 * address space on x86-64 and arm64.
 */
const base = 0xfff0_0000_0000_0000n;
const baseHigh = Number(base >> 32n);
const pieceSize = 64 * 1024;
const longestName = 512;

/**
 * The names of the symbols that addresses lie in, without addresses before the first symbol. The file has the format of
 * /proc/kallsyms, which takes megabytes: it is read piece by piece, the event loop runs in between, and only the names found are
 * kept. Without privilege (kptr_restrict) all addresses in the file are 0, and nothing is found.
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
      // An endless line is not one of kallsyms.
      kept = end - rest > 2 * longestName ? 0 : end - rest;
      buffer.copyWithin(0, end - kept, end);
    }
  } finally {
    await file.close();
  }
  return search.found();
}

/** Searches lines `ffffffff81000000 T name [module]`. The kernel's own symbols are sorted; those of modules and BPF programs after them are not. */
class Search {
  private readonly wanted: readonly { readonly address: Integer; readonly distance: number }[];
  /** For each wanted address the nearest symbol between the wanted address before it and itself. */
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

  /** Searches all complete lines. @returns where the rest begins */
  lines(data: Buffer, length: number): number {
    let start = 0;
    // The next symbol often supersedes the last: the name of the last is decoded only when it does not.
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
    this.names[symbol.place] = visible(data.toString('latin1', symbol.start, end));
  }
}

/** The address of a line; negative for other lines, and for hidden addresses and offsets into per-CPU areas. */
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
