import { mapKind } from '../maps/map_kind.js';
import type { MapShape, MapSnapshot } from '../maps/map_reader.js';
import { type Entries, entriesOf, viewOf } from './entries.js';
import { Leaving } from './leaving.js';
import type { Metric } from './metric.js';
import type { NumberReader } from './number_reader.js';
import { entriesPerLook, type Pacer } from './pacer.js';
import type { MapStatus } from './probe_status.js';
import type { RowActivity } from './row_activity.js';
import { RowBinder } from './row_binder.js';

/** Between two looks at the clock: decoding takes some microseconds per row, summing some tens of nanoseconds. */
const rowsPerLook = 64;
const mostEntriesPerLook = 1024;

/** The map that counts the updates that found another map full. */
export interface OverflowCompanion {
  readonly map: string;
  /** Reads how many updates it counted. */
  readonly lost: NumberReader;
}

/** An entry to remove from the map. */
export interface LeavingEntry {
  readonly row: number;
  /** A view, valid until the next update. */
  readonly key: Uint8Array;
}

/** The metrics of one map. They are updated from one snapshot, however many they are. */
export class MapMetrics {
  readonly companion: OverflowCompanion | undefined;
  readonly #map: MapShape;
  readonly #metrics: readonly Metric[];
  readonly #pacer: Pacer;
  readonly #binder: RowBinder;
  readonly #activity: RowActivity;
  readonly #leaving: Leaving | undefined;
  #entries = 0;
  #lost = 0;

  /** @param activity of the map's rows, which the metrics share */
  constructor(
    map: MapShape,
    companion: OverflowCompanion | undefined,
    metrics: readonly Metric[],
    activity: RowActivity,
    pacer: Pacer,
  ) {
    this.#map = map;
    this.companion = companion;
    this.#metrics = metrics;
    this.#pacer = pacer;
    this.#activity = activity;
    // Entries of an array cannot be removed, a refilled map has no old ones, and inner maps may belong to others.
    const { isArray, isNested } = mapKind(map.type);
    if (!isArray && !isNested && !map.isRefilled) this.#leaving = new Leaving(map, metrics, activity);
    this.#binder = new RowBinder(map, metrics, pacer);
  }

  get name(): string {
    return this.#map.name;
  }

  get status(): MapStatus {
    const { name, type, maxEntries } = this.#map;
    return { name, type, entries: this.#entries, maxEntries, lost: this.#lost };
  }

  /**
   * Brings the metrics up to date: decodes the labels of new rows and sums all entries into their series. Holds the event
   * loop for no longer than the pacer allows.
   * @param overflow the snapshot of the overflow companion, if the map has one
   */
  async update(snapshot: MapSnapshot, overflow: MapSnapshot | undefined): Promise<void> {
    const now = this.#pacer.now();
    const entries = entriesOf(snapshot, this.#map.valueStride);
    await this.#open(snapshot, now);
    await this.#binder.bindAdded(snapshot);
    await this.#binder.bindCounted(entries);
    for (const metric of this.#metrics) metric.startSums();
    await this.#sum(entries);
    if (overflow) this.#sumOverflow(overflow);
    for (const metric of this.#metrics) await this.#admit(metric, entries);
    const isDue = () => this.#pacer.isDue;
    for (const metric of this.#metrics) while (!metric.finish(isDue)) await this.#pacer.pause();
  }

  /** Shows no series until the next update is complete. */
  hide(): void {
    for (const metric of this.#metrics) metric.hide();
  }

  /** The entries to remove from the map. Call `settle` for each before the next one. */
  *leavingEntries(): Generator<LeavingEntry> {
    if (!this.#leaving) return;
    for (const row of this.#leaving.rows(this.#entries, this.#pacer.now())) yield { row, key: this.#binder.keyOf(row) };
  }

  /**
   * How many new entries the map may get until the next update, so that each of them can have a series. Undefined if an
   * iterator fills the map.
   */
  get placesForNewEntries(): number | undefined {
    return this.#leaving?.placesForNewEntries(this.#entries);
  }

  /**
   * Keeps what a removed entry had counted. Its series go with the next update; if the key returns before that it keeps
   * its row and counts from 0.
   * @param value the last value, undefined if the entry was gone already
   */
  settle(row: number, value: Uint8Array | undefined): void {
    this.#activity.changedAt[row] = this.#pacer.now();
    this.#entries--;
    if (value) for (const metric of this.#metrics) metric.settle(row, viewOf(value));
  }

  /** Rows that are gone come first: a snapshot may give their numbers to added rows. */
  async #open({ count, rowLimit, addedRows, goneRows }: MapSnapshot, now: number): Promise<void> {
    this.#entries = count;
    this.#binder.reserve(rowLimit);
    this.#activity.reserve(rowLimit);
    for (const metric of this.#metrics) metric.open(rowLimit, now, addedRows.length);
    for (const [index, row] of goneRows.entries()) {
      if (index % rowsPerLook === 0 && this.#pacer.isDue) await this.#pacer.pause();
      this.#activity.forget(row);
      for (const metric of this.#metrics) metric.release(row);
    }
    for (const row of addedRows) this.#activity.changedAt[row] = now;
  }

  async #sum(entries: Entries): Promise<void> {
    await this.#binder.prepareRebind(entries);
    const step = entriesPerLook(entries.stride, this.#binder.rebinds ? rowsPerLook : mostEntriesPerLook);
    for (let from = 0; from < entries.count; from += step) {
      if (this.#pacer.isDue) await this.#pacer.pause();
      const to = Math.min(from + step, entries.count);
      this.#binder.rebind(entries, from, to);
      for (const metric of this.#metrics) metric.sum(entries, from, to);
    }
  }

  /** Gives the rows that wait their series. Their labels are announced first: a decoder may have to look them up. */
  async #admit(metric: Metric, entries: Entries): Promise<void> {
    const { labels } = metric.binding;
    const entryOfRow = labels.usesValue ? entriesByRow(entries, this.#activity.changedAt.length) : undefined;
    const keyOf = (row: number) => this.#binder.keyOf(row);
    const readValue = (row: number) => {
      const at = entryOfRow![row]! * entries.stride;
      return entries.values.subarray(at, at + this.#map.valueSize);
    };
    if (labels.announce) {
      let announced = 0;
      for (const row of metric.waitingRows()) {
        if (announced++ % rowsPerLook === 0 && this.#pacer.isDue) await this.#pacer.pause();
        metric.announce(row, keyOf(row), labels.usesValue ? readValue(row) : undefined);
      }
    }
    await labels.prepare();
    while (!metric.admit(keyOf, readValue, () => this.#pacer.isDue)) await this.#pacer.pause();
  }

  #sumOverflow({ values }: MapSnapshot): void {
    const view = viewOf(values);
    const lost = this.companion!.lost(view, 0);
    this.#lost = this.#map.isRefilled ? this.#lost + lost : Math.max(this.#lost, lost);
    if (this.#lost === 0) return;
    for (const metric of this.#metrics) if (metric.binding.other) metric.sumCompanion(view);
  }
}

/** The index of each row's entry. @param rowLimit all rows are below this */
function entriesByRow({ rows, count }: Entries, rowLimit: number): Uint32Array {
  const entryOfRow = new Uint32Array(rowLimit);
  for (let index = 0; index < count; index++) entryOfRow[rows[index]!] = index;
  return entryOfRow;
}
