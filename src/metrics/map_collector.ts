import { mapKind } from '../maps/map_kind.js';
import type { MapReader, MapSnapshot } from '../maps/map_reader.js';
import { Expiry } from './expiry.js';
import { KeyStore } from './key_store.js';
import type { Entries, MetricTable } from './metric_table.js';
import type { NumberReader } from './number_reader.js';
import type { Pacer } from './pacer.js';
import type { MapStatus } from './probe_status.js';

/** Between two looks at the clock: decoding takes some microseconds per row, summing some tens of nanoseconds. */
const rowsPerLook = 64;
const entriesPerLook = 1024;
/** Taking entries out of the map is a system call each: the rest waits for the next scrape. */
const takingMs = 20;

/** The map that counts what found no room in another one. */
export interface Overflow {
  readonly reader: MapReader;
  /** Reads how many updates were lost to it. */
  readonly lost: NumberReader;
}

export interface MapReading {
  readonly entries: MapSnapshot;
  readonly overflow: MapSnapshot | undefined;
}

/** One map and the metrics made of it: read once per scrape, however many these are. */
export class MapCollector {
  readonly #reader: MapReader;
  readonly #overflow: Overflow | undefined;
  readonly #tables: readonly MetricTable[];
  readonly #pacer: Pacer;
  /** Tables bound as soon as a row appears; when its value is above zero; and at every scrape, as labels are in the value. */
  readonly #eager: readonly MetricTable[];
  readonly #lazy: readonly MetricTable[];
  readonly #volatile: readonly MetricTable[];
  readonly #keys: KeyStore | undefined;
  readonly #expiry: Expiry | undefined;
  /** By row, whether a value other than zero was ever seen; used when there are lazy tables. */
  #awake = new Uint8Array(0);
  #entries = 0;
  #lost = 0;

  constructor(reader: MapReader, overflow: Overflow | undefined, tables: readonly MetricTable[], pacer: Pacer) {
    this.#reader = reader;
    this.#overflow = overflow;
    this.#tables = tables;
    this.#pacer = pacer;
    // Entries of an array are there from the start, and most are never used.
    const isArray = mapKind(reader.type).isArray;
    const isLazy = (table: MetricTable) => isArray && table.isLabelled;
    this.#volatile = tables.filter((table) => table.binding.labels.usesValue);
    this.#lazy = tables.filter((table) => isLazy(table) && !this.#volatile.includes(table));
    this.#eager = tables.filter((table) => !isLazy(table) && !this.#volatile.includes(table));
    // An entry is needed as long as the most patient of its metrics wants it. Arrays cannot lose entries, and what is
    // filled anew holds none that is not needed.
    const idleMs = Math.max(...tables.map(({ binding }) => binding.spec.expireMs ?? 0));
    if (idleMs > 0 && !isArray && !reader.isRefilled) this.#expiry = new Expiry(idleMs);
    if (this.#expiry || this.#lazy.length > 0 || this.#volatile.length > 0) this.#keys = new KeyStore(reader.keySize);
  }

  get status(): MapStatus {
    const { name, type, maxEntries } = this.#reader;
    return { name, type, entries: this.#entries, maxEntries, lost: this.#lost };
  }

  /**
   * Reads the map and its overflow companion. Touches nothing of what is shown.
   * @param read of a map, once in a scrape: a companion may be exported as a map of its own as well
   */
  async read(read: (reader: MapReader) => Promise<MapSnapshot>): Promise<MapReading> {
    const [entries, overflow] = await Promise.all([read(this.#reader), this.#overflow && read(this.#overflow.reader)]);
    return { entries, overflow };
  }

  /** Brings the metrics up to date with what was read. */
  async update({ entries: snapshot, overflow }: MapReading): Promise<void> {
    const now = this.#pacer.now();
    await this.#open(snapshot, now);
    await this.#bindAdded(snapshot, now);
    const entries = entriesOf(snapshot, this.#reader.valueStride);
    if (this.#lazy.length > 0) await this.#wake(entries, snapshot.count);
    for (const table of this.#tables) table.begin();
    await this.#sweep(entries, snapshot, now);
    if (overflow) this.#sweepOverflow(overflow);
    const isDue = () => this.#pacer.isDue;
    for (const table of this.#tables) {
      while (!table.finish(isDue)) await this.#pacer.pause();
      table.isStale = false;
    }
  }

  /** Takes entries out of the map that have not changed for long, for a limited time. Series go with the next `update`. */
  async expire(): Promise<void> {
    if (!this.#expiry) return;
    const now = this.#pacer.now();
    const end = now + takingMs;
    for (const row of this.#expiry.idle(now)) {
      if (this.#pacer.now() >= end) return;
      const taken = await this.#reader.take(this.#keys!.get(row));
      // If the key comes back before the next scrape it keeps its row, and counts from zero.
      this.#expiry.restart(row, now);
      if (taken) for (const table of this.#tables) table.settle(row, viewOf(taken));
    }
  }

  /** Shows nothing of this map until the next `update`. */
  hide(): void {
    for (const table of this.#tables) table.isStale = true;
  }

  async #open({ count, rowLimit, goneRows }: MapSnapshot, now: number): Promise<void> {
    this.#entries = count;
    this.#keys?.reserve(rowLimit);
    this.#expiry?.reserve(rowLimit);
    if (this.#awake.length < rowLimit) {
      const awake = new Uint8Array(rowLimit + (rowLimit >> 1));
      awake.set(this.#awake);
      this.#awake = awake;
    }
    for (const table of this.#tables) table.open(rowLimit, now);
    for (const [index, row] of goneRows.entries()) {
      if (index % rowsPerLook === 0 && this.#pacer.isDue) await this.#pacer.pause();
      this.#forget(row);
    }
  }

  #forget(row: number): void {
    this.#awake[row] = 0;
    this.#expiry?.forget(row);
    for (const table of this.#tables) table.release(row);
  }

  async #bindAdded({ addedRows, addedKeys }: MapSnapshot, now: number): Promise<void> {
    if (addedRows.length === 0) return;
    const { keySize } = this.#reader;
    const keyOf = (index: number) => addedKeys.subarray(index * keySize, (index + 1) * keySize);
    for (const announce of announcersOf(this.#eager)) {
      for (let index = 0; index < addedRows.length; index++) announce(keyOf(index));
    }
    await prepare(this.#eager);
    for (let index = 0; index < addedRows.length; index++) {
      if (index % rowsPerLook === 0 && this.#pacer.isDue) await this.#pacer.pause();
      const row = addedRows[index]!;
      const key = keyOf(index);
      this.#awake[row] = 0;
      this.#keys?.set(row, key);
      this.#expiry?.restart(row, now);
      for (const table of this.#eager) table.bind(row, key, undefined);
    }
  }

  /** Binds the rows whose value is above zero for the first time. */
  async #wake(entries: Entries, count: number): Promise<void> {
    for (const announce of announcersOf(this.#lazy)) {
      for (let index = 0; index < count; index++) {
        const row = entries.rows[index]!;
        if (!this.#awake[row] && !isZero(entries, index)) announce(this.#keys!.get(row));
      }
    }
    await prepare(this.#lazy);
    for (let index = 0; index < count; index++) {
      if (index % rowsPerLook === 0 && this.#pacer.isDue) await this.#pacer.pause();
      const row = entries.rows[index]!;
      if (this.#awake[row] || isZero(entries, index)) continue;
      this.#awake[row] = 1;
      for (const table of this.#lazy) table.bind(row, this.#keys!.get(row), undefined);
    }
  }

  async #sweep(entries: Entries, { count, values }: MapSnapshot, now: number): Promise<void> {
    for (const announce of announcersOf(this.#volatile)) {
      for (let index = 0; index < count; index++) {
        const at = index * entries.stride;
        announce(this.#keys!.get(entries.rows[index]!), values.subarray(at, at + this.#reader.valueSize));
      }
    }
    await prepare(this.#volatile);
    const step = this.#volatile.length > 0 ? rowsPerLook : entriesPerLook;
    for (let from = 0; from < count; from += step) {
      if (this.#pacer.isDue) await this.#pacer.pause();
      const to = Math.min(from + step, count);
      for (const table of this.#volatile) this.#rebind(table, entries, values, from, to);
      for (const table of this.#tables) table.sweep(entries, from, to);
      this.#expiry?.sweep(entries, from, to, now);
    }
  }

  #rebind(table: MetricTable, entries: Entries, values: Uint8Array, from: number, to: number): void {
    const { valueSize, type } = this.#reader;
    const isArray = mapKind(type).isArray;
    for (let index = from; index < to; index++) {
      const row = entries.rows[index]!;
      if (isArray && table.isLabelled && !this.#awake[row]) {
        if (isZero(entries, index)) continue;
        this.#awake[row] = 1;
      }
      const at = index * entries.stride;
      table.rebind(row, this.#keys!.get(row), values.subarray(at, at + valueSize));
    }
  }

  #sweepOverflow({ values }: MapSnapshot): void {
    const view = viewOf(values);
    // The companion is an array of one entry: it is there, or the read failed.
    const lost = this.#overflow!.lost(view, 0);
    this.#lost = this.#reader.isRefilled ? this.#lost + lost : Math.max(this.#lost, lost);
    if (this.#lost === 0) return;
    for (const table of this.#tables) if (table.binding.other) table.sweepOverflow(view);
  }
}

function announcersOf(tables: readonly MetricTable[]): ((key: Uint8Array, value?: Uint8Array) => void)[] {
  return tables.flatMap(({ binding }) => binding.labels.announce ?? []);
}

async function prepare(tables: readonly MetricTable[]): Promise<void> {
  for (const table of tables) await table.binding.labels.prepare();
}

function entriesOf({ rows, values }: MapSnapshot, stride: number): Entries {
  return { view: viewOf(values), rows, stride };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isZero({ view, stride }: Entries, index: number): boolean {
  let at = index * stride;
  const end = at + stride;
  for (; at + 4 <= end; at += 4) if (view.getInt32(at) !== 0) return false;
  for (; at < end; at++) if (view.getInt8(at) !== 0) return false;
  return true;
}
