import type { MapReader, MapSnapshot } from '../../src/maps/map_reader.js';

/** A map of plain data. Keys keep their rows, as `MapSnapshot` requires; freed rows are used again, the last one first. */
export class FakeMap implements MapReader {
  readonly name: string;
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly cpus: number;
  readonly valueStride: number;
  maxEntries: number;
  isRefilled = false;
  reads = 0;
  /** Thrown by the next read or take. */
  failure: Error | undefined;
  /** Called at the start of a take: a test can change the entry between the scrape and its removal. */
  beforeTake: (key: Buffer) => void = () => {};

  readonly #entries = new Map<string, Buffer>();
  readonly #rows = new Map<string, number>();
  readonly #free: number[] = [];
  #limit = 0;

  constructor(
    options: {
      name?: string;
      type?: string;
      keySize?: number;
      valueSize?: number;
      cpus?: number;
      maxEntries?: number;
    } = {},
  ) {
    this.name = options.name ?? 'events';
    this.type = options.type ?? 'hash';
    this.keySize = options.keySize ?? 4;
    this.valueSize = options.valueSize ?? 8;
    this.cpus = options.cpus ?? 1;
    this.valueStride = this.cpus === 1 ? this.valueSize : Math.ceil(this.valueSize / 8) * 8 * this.cpus;
    this.maxEntries = options.maxEntries ?? 1024;
  }

  /** @param value one value, or one per CPU */
  set(key: Uint8Array, value: Uint8Array | readonly Uint8Array[]): void {
    if (key.length !== this.keySize) throw new RangeError(`key of ${key.length} bytes in a map of ${this.keySize}`);
    const entry = Buffer.alloc(this.valueStride);
    const values = value instanceof Uint8Array ? [value] : value;
    for (const [cpu, bytes] of values.entries()) entry.set(bytes, cpu * (this.valueStride / this.cpus));
    this.#entries.set(text(key), entry);
  }

  delete(key: Uint8Array): void {
    this.#entries.delete(text(key));
  }

  has(key: Uint8Array): boolean {
    return this.#entries.has(text(key));
  }

  async read(): Promise<MapSnapshot> {
    this.reads++;
    this.#fail();
    await new Promise((resolve) => setImmediate(resolve));
    const goneRows: number[] = [];
    for (const [key, row] of this.#rows) {
      if (this.#entries.has(key)) continue;
      this.#rows.delete(key);
      this.#free.push(row);
      goneRows.push(row);
    }
    const added: [number, string][] = [];
    for (const key of this.#entries.keys()) {
      if (this.#rows.has(key)) continue;
      const row = this.#free.pop() ?? this.#limit++;
      this.#rows.set(key, row);
      added.push([row, key]);
    }
    return {
      count: this.#entries.size,
      rows: Uint32Array.from(this.#entries.keys(), (key) => this.#rows.get(key)!),
      rowLimit: this.#limit,
      values: Buffer.concat([...this.#entries.values()]),
      addedRows: Uint32Array.from(added, ([row]) => row),
      addedKeys: Buffer.concat(added.map(([, key]) => Buffer.from(key, 'latin1'))),
      goneRows: Uint32Array.from(goneRows),
    };
  }

  async take(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#fail();
    if (this.type.endsWith('array')) throw new Error('entries of an array cannot be removed');
    const bytes = Buffer.from(key);
    this.beforeTake(bytes);
    const value = this.#entries.get(text(bytes));
    this.#entries.delete(text(bytes));
    return value;
  }

  #fail(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }
}

function text(key: Uint8Array): string {
  return Buffer.from(key).toString('latin1');
}

/** Unsigned 32-bit integers in the host's byte order. */
export function u32(...values: number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}

/** Unsigned or negative 64-bit integers in the host's byte order. */
export function u64(...values: (number | bigint)[]): Buffer {
  return Buffer.from(BigUint64Array.from(values, (value) => BigInt.asUintN(64, BigInt(value))).buffer);
}
