import { visible } from '../../visible_text.js';
import type { Integer } from '../integer.js';
import { distanceOf, distanceOfAddress, longestName, nameEnd, readPieces } from './kallsyms.js';

/** Where an address lies. */
export interface KernelSymbol {
  readonly name: string;
  /** Bytes from the start of the symbol. */
  readonly offset: number;
}

/**
 * The symbols that addresses lie in, without addresses before the first symbol. The file has the format of
 * /proc/kallsyms, which takes megabytes: it is read piece by piece, the event loop runs in between, and only the names found are
 * kept. Without privilege (kptr_restrict) all addresses in the file are 0, and nothing is found.
 */
export async function findSymbols(path: string, addresses: Iterable<Integer>): Promise<Map<Integer, KernelSymbol>> {
  const search = new Search(addresses);
  await readPieces(path, (data, length) => search.lines(data, length));
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
      .map((address) => ({ address, distance: distanceOfAddress(address) }))
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

  found(): Map<Integer, KernelSymbol> {
    const found = new Map<Integer, KernelSymbol>();
    let symbol: { name: string; start: number } | undefined;
    for (const [place, { address, distance }] of this.wanted.entries()) {
      const name = this.names[place];
      if (name !== undefined) symbol = { name, start: this.nearest[place]! };
      if (symbol !== undefined) found.set(address, { name: symbol.name, offset: distance - symbol.start });
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
    const end = nameEnd(data, symbol.start, symbol.end);
    if (end - symbol.start > longestName) return;
    this.nearest[symbol.place] = symbol.distance;
    this.names[symbol.place] = visible(data.toString('latin1', symbol.start, end));
  }
}
