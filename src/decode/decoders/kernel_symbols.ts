import { createReadStream } from 'node:fs';
import type { Integer } from '../integer.js';

/**
 * Kernel addresses are kept as their distance from here: that fits a double exactly, and holds the kernel's half of the
 * address space on x86-64 and arm64.
 */
const base = 0xfff0_0000_0000_0000n;
const baseHigh = Number(base >> 32n);
/** Far more than any kernel has; keeps a hostile file from taking the memory. */
const symbolLimit = 2_000_000;
const longestName = 512;

/** The kernel's symbols by address, packed: about 12 bytes and its name for each. */
export class KernelSymbols {
  private constructor(
    private readonly addresses: Float64Array,
    private readonly nameStarts: Uint32Array,
    private readonly names: Buffer,
  ) {}

  get count(): number {
    return this.addresses.length;
  }

  /**
   * Reads a file such as /proc/kallsyms piece by piece; the event loop runs between them.
   * Without privilege (kptr_restrict) all addresses in it are 0: the table is then empty.
   */
  static async read(path: string): Promise<KernelSymbols> {
    const builder = new Builder();
    for await (const piece of createReadStream(path, { highWaterMark: 64 * 1024 })) builder.add(piece as Buffer);
    const { addresses, nameStarts, names } = builder.finish();
    return new KernelSymbols(addresses, nameStarts, names);
  }

  /** The name of the symbol that an address lies in; undefined for one that is before the first symbol. */
  nameOf(address: Integer): string | undefined {
    const wanted = Number(BigInt(address) - base);
    if (wanted < 0) return undefined;
    const { addresses, nameStarts, names } = this;
    let low = 0;
    let high = addresses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (addresses[middle]! <= wanted) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    const start = nameStarts[low - 1]!;
    return names.toString('latin1', start, names.indexOf(0, start));
  }
}

/** Takes lines `ffffffff81000000 T name [module]` in pieces of any size. */
class Builder {
  private addresses = new Float64Array(1 << 16);
  private nameStarts = new Uint32Array(1 << 16);
  private names = Buffer.alloc(1 << 20);
  private count = 0;
  private nameEnd = 0;
  private rest: Buffer = Buffer.alloc(0);
  /** How many of the first are in order: the kernel's own, but not those of modules and BPF programs behind them. */
  private sorted = 0;

  add(piece: Buffer): void {
    const data = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    let start = 0;
    for (let end = data.indexOf(10); end !== -1; end = data.indexOf(10, start)) {
      this.line(data, start, end);
      start = end + 1;
    }
    // A line without an end is no line of this file.
    this.rest = data.length - start > 2 * longestName ? Buffer.alloc(0) : Buffer.from(data.subarray(start));
  }

  finish(): { addresses: Float64Array; nameStarts: Uint32Array; names: Buffer } {
    const addresses = this.addresses.slice(0, this.count);
    const nameStarts = this.nameStarts.slice(0, this.count);
    const names = Buffer.from(this.names.subarray(0, this.nameEnd));
    if (this.sorted === this.count) return { addresses, nameStarts, names };
    const order = merged(addresses, this.sorted);
    return {
      addresses: addresses.map((_, i) => addresses[order[i]!]!),
      nameStarts: nameStarts.map((_, i) => nameStarts[order[i]!]!),
      names,
    };
  }

  private line(data: Buffer, start: number, end: number): void {
    if (end - start < 20 || this.count === symbolLimit) return;
    const high = hexWord(data, start);
    const low = hexWord(data, start + 8);
    // Smaller addresses are offsets into per-CPU areas, or hidden.
    if (!(high >= baseHigh) || !(low >= 0)) return;
    const nameStart = start + 19;
    let nameEnd = nameStart;
    while (nameEnd < end && data[nameEnd] !== 9 && data[nameEnd] !== 32) nameEnd++;
    if (nameEnd - nameStart > longestName) return;
    const address = (high - baseHigh) * 0x100000000 + low;
    const previous = this.count === 0 ? -1 : this.addresses[this.count - 1]!;
    // Of several names of one address the first is the function's own.
    if (address === previous) return;
    if (this.sorted === this.count && address > previous) this.sorted++;
    this.append(address, data.subarray(nameStart, nameEnd));
  }

  private append(address: number, name: Buffer): void {
    if (this.count === this.addresses.length) {
      this.addresses = grown(this.addresses, new Float64Array(2 * this.count));
      this.nameStarts = grown(this.nameStarts, new Uint32Array(2 * this.count));
    }
    if (this.nameEnd + name.length + 1 > this.names.length) {
      this.names = grown(this.names, Buffer.alloc(2 * this.names.length));
    }
    this.addresses[this.count] = address;
    this.nameStarts[this.count] = this.nameEnd;
    this.count++;
    this.names.set(name, this.nameEnd);
    this.nameEnd += name.length;
    this.names[this.nameEnd++] = 0;
  }
}

/** The order of addresses of which the first `sorted` are in order. Sorting all of them would hold the event loop up. */
function merged(addresses: Float64Array, sorted: number): Uint32Array {
  const rest = Array.from({ length: addresses.length - sorted }, (_, i) => sorted + i);
  rest.sort((a, b) => addresses[a]! - addresses[b]!);
  const order = new Uint32Array(addresses.length);
  let own = 0;
  let other = 0;
  for (let i = 0; i < order.length; i++) {
    const isOwn = other === rest.length || (own < sorted && addresses[own]! <= addresses[rest[other]!]!);
    order[i] = isOwn ? own++ : rest[other++]!;
  }
  return order;
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
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
