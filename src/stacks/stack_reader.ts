import { setImmediate as pause } from 'node:timers/promises';
import type { BpfMap } from '../kernel/addon.js';
import type { StackSample } from './profile.js';

/** Says whose a stack is. */
export interface StackLabels {
  /** Looks up what `of` cannot wait for. Never rejects. @param cgroups ids; 0 if they are not collected */
  prepare(cgroups: Iterable<bigint>): Promise<void>;
  of(command: string, cgroup: bigint): Readonly<Record<string, string>>;
}

/** A stack with its identity in the kernel: samples with the same key have the same stack. */
export interface RawStack extends StackSample {
  readonly key: string;
}

/** Offsets in `struct stack_key` and `struct stack` of bpf/include. */
const pidOffset = 16;
const cgroupOffset = 32;
const countsOffset = 8;
const kernelOffset = 16;
const kernelFrames = 64;
const userOffset = kernelOffset + 8 * kernelFrames;

/** Entries that are decoded without a break: about a millisecond. */
const sliceEntries = 200;

/** Reads one of the maps of bpf/include/stacks.h. */
export class StackReader {
  readonly #map: Pick<BpfMap, 'snapshot' | 'keySize' | 'valueStride'>;
  readonly #labels: StackLabels;
  /** A key that comes back keeps its row, and only new rows come with their key. */
  readonly #keys = new Map<number, Buffer>();

  constructor(map: Pick<BpfMap, 'snapshot' | 'keySize' | 'valueStride'>, labels: StackLabels) {
    this.#map = map;
    this.#labels = labels;
  }

  /** All stacks in the map. Reads on another thread, and decodes in slices. @throws NativeError as rejection */
  async read(): Promise<RawStack[]> {
    const { count, rows, values, addedRows, addedKeys, goneRows } = await this.#map.snapshot();
    const { keySize, valueStride } = this.#map;
    for (const row of goneRows) this.#keys.delete(row);
    for (const [i, row] of addedRows.entries()) {
      this.#keys.set(row, Buffer.from(addedKeys.subarray(i * keySize, (i + 1) * keySize)));
    }
    await this.#labels.prepare(new Set([...this.#keys.values()].map((key) => read64(key, cgroupOffset))));
    const stacks: RawStack[] = [];
    for (let i = 0; i < count; i++) {
      if (i % sliceEntries === sliceEntries - 1) await pause();
      const value = new DataView(values.buffer, values.byteOffset + i * valueStride, valueStride);
      stacks.push(this.#decode(this.#keys.get(rows[i]!)!, value));
    }
    return stacks;
  }

  #decode(key: Buffer, value: DataView): RawStack {
    const end = key.indexOf(0);
    const command = key.toString('utf8', 0, end < 0 || end > pidOffset ? pidOffset : end);
    return {
      key: key.toString('latin1'),
      labels: this.#labels.of(command, read64(key, cgroupOffset)),
      pid: read32(key, pidOffset),
      kernel: addresses(value, kernelOffset, value.getUint32(countsOffset, littleEndian)),
      user: addresses(value, userOffset, value.getUint32(countsOffset + 4, littleEndian)),
      value: Number(value.getBigUint64(0, littleEndian)),
    };
  }
}

/** The architectures that SantaBPF runs on. */
const littleEndian = true;

function read32(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset);
}

function read64(bytes: Buffer, offset: number): bigint {
  return bytes.readBigUInt64LE(offset);
}

function addresses(value: DataView, offset: number, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => value.getBigUint64(offset + 8 * i, littleEndian));
}
