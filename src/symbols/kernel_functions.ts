import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { distanceOf, distanceOfAddress, longestName, readPieces } from '../decode/names/kallsyms.js';
import type { Frame } from '../stacks/profile.js';
import { shownName } from './names.js';

/** The kernel and its modules lie within this distance from the symbol `_text`, in both directions. */
const reach = 2 ** 31;
/** A symbol's place among the names, in the low bits of its key. */
const places = 2 ** 21;
/** No function is longer: what lies farther behind a symbol is none of its. */
const longestFunction = 1 << 20;
const keptFrames = 16_384;
const keptMs = 600_000;
const leastMs = 60_000;
/** Linux places its code anew at each boot, in steps of this size. */
const placement = 2 ** 21;
const placements = 2 ** 19;

/**
 * Names of the kernel's functions, from /proc/kallsyms. All of them are kept, in a few megabytes: a profile has new
 * addresses all the time. They are read again when a module was loaded or unloaded.
 */
export class KernelFunctions {
  private names = new FunctionNames();
  private readonly frames = new Map<bigint, Frame>();
  private readAt = Number.NEGATIVE_INFINITY;
  private modules = '';
  private reading: Promise<void> | undefined;
  /** Hides where the kernel's code is: addresses without names are shown relative to a random one. */
  private readonly shift = randomInt(placements) * placement;

  constructor(
    private readonly proc: string,
    private readonly now: () => number,
  ) {}

  /** Memory that the names take. */
  get bytes(): number {
    return this.names.bytes;
  }

  /** Sees to it that the names are not outdated. Never rejects. */
  load(): Promise<void> {
    this.reading ??= this.loadNow().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  /**
   * The frame of an address. Without a name its offset is right modulo 2 MiB, and the distance of two such addresses is
   * right; where the kernel lies stays secret.
   */
  frame(address: bigint): Frame {
    let frame = this.frames.get(address);
    if (frame === undefined) {
      frame = this.lookUp(address);
      if (this.frames.size >= keptFrames) this.frames.clear();
      this.frames.set(address, frame);
    }
    return frame;
  }

  private lookUp(address: bigint): Frame {
    const found = this.names.find(distanceOfAddress(address));
    if (found === undefined) {
      const offset = (Number(BigInt.asUintN(40, address)) + this.shift) % (placement * placements);
      return { function: '', module: '[kernel]', offset, isKernel: true };
    }
    const [name, module] = found.split(/[\t ]/, 2);
    return { function: shownName(name!), module: module ?? '[kernel]', offset: 0, isKernel: true };
  }

  private async loadNow(): Promise<void> {
    const age = this.now() - this.readAt;
    if (age < leastMs) return;
    const modules = await readFile(join(this.proc, 'modules'), 'latin1').catch(() => '');
    if (age < keptMs && modules === this.modules) return;
    this.readAt = this.now();
    this.modules = modules;
    const reader = new Reader();
    // Without the file, or without CAP_SYSLOG, which hides all addresses, there are no names.
    await readPieces(join(this.proc, 'kallsyms'), (data, length) => reader.lines(data, length)).catch(() => {});
    this.names = await reader.names();
    this.frames.clear();
  }
}

class FunctionNames {
  constructor(
    /** (Distance from `origin`) * `places` + index into `positions`, sorted. */
    private readonly keys = new Float64Array(0),
    private readonly origin = 0,
    /** Where each name begins, and where the last one ends. */
    private readonly positions = new Uint32Array(1),
    private readonly text = Buffer.alloc(0),
  ) {}

  get bytes(): number {
    return this.keys.byteLength + this.positions.byteLength + this.text.byteLength;
  }

  /** `name`, or `name` and `[module]` with a tab or space in between. */
  find(distance: number): string | undefined {
    const relative = distance - this.origin;
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.keys[middle]! < (relative + 1) * places) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    const key = this.keys[low - 1]!;
    if (relative - Math.floor(key / places) > longestFunction) return undefined;
    const place = key % places;
    return this.text.toString('latin1', this.positions[place]!, this.positions[place + 1]!);
  }
}

/** Collects the functions: symbols of the types t, T, w and W. */
class Reader {
  private readonly distances: number[] = [];
  private readonly positions: number[] = [0];
  private readonly pieces: Buffer[] = [];
  private length = 0;
  private origin: number | undefined;

  lines(data: Buffer, length: number): number {
    let start = 0;
    const piece = Buffer.allocUnsafe(length);
    let used = 0;
    for (let end = data.indexOf(10); end !== -1 && end < length; end = data.indexOf(10, start)) {
      const distance = distanceOf(data, start, end);
      if (distance >= 0 && isCode(data[start + 17]!) && end - start < longestName) {
        if (this.origin === undefined && data.toString('latin1', start + 19, end) === '_text') this.origin = distance;
        used += data.copy(piece, used, start + 19, end);
        this.distances.push(distance);
        this.positions.push(this.length + used);
      }
      start = end + 1;
    }
    this.pieces.push(Buffer.from(piece.subarray(0, used)));
    this.length += used;
    return start;
  }

  async names(): Promise<FunctionNames> {
    // The first function is close enough where `_text` is no function.
    const origin = (this.origin ?? this.distances[0] ?? 0) - reach;
    const keys = new Float64Array(this.distances.length);
    let count = 0;
    for (const [place, distance] of this.distances.entries()) {
      const relative = distance - origin;
      if (relative >= 0 && relative < 2 * reach && place < places) keys[count++] = relative * places + place;
    }
    // Sorting takes milliseconds for a hundred thousand functions.
    await otherWork();
    return new FunctionNames(
      keys.slice(0, count).sort(),
      origin,
      new Uint32Array(this.positions),
      Buffer.concat(this.pieces, this.length),
    );
  }
}

function isCode(type: number): boolean {
  const lower = type | 0x20;
  return lower === 0x74 || lower === 0x77;
}
