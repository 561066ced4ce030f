import { mapKind } from '../maps/map_kind.js';
import type { MapShape, MapSnapshot } from '../maps/map_reader.js';
import { type Entries, isZero } from './entries.js';
import { grown } from './growth.js';
import type { Metric } from './metric.js';
import { entriesPerLook, type Pacer } from './pacer.js';
import { RowKeys } from './row_keys.js';

/** Between two looks at the clock: decoding the labels of a row takes some microseconds. */
const rowsPerLook = 64;

/**
 * Decides when the rows of a map get their series. Most metrics: when a row appears. Labels of an array: when its value
 * is first above zero, because all entries of an array exist and most are never used, unless it shows zeros. Labels in the value: at every
 * scrape.
 */
export class RowBinder {
  readonly #map: MapShape;
  readonly #isArray: boolean;
  readonly #pacer: Pacer;
  readonly #onArrival: readonly Metric[];
  readonly #onFirstCount: readonly Metric[];
  readonly #atEveryScrape: readonly Metric[];
  readonly #keys: RowKeys;
  /** By row, whether its value was ever above zero. For arrays. */
  #hasCounted = new Uint8Array(0);

  constructor(map: MapShape, metrics: readonly Metric[], pacer: Pacer) {
    this.#map = map;
    this.#isArray = mapKind(map.type).isArray;
    this.#pacer = pacer;
    const fromValue = (metric: Metric) => metric.binding.labels.usesValue;
    const waits = (metric: Metric) => this.#isArray && leavesOutZeros(metric);
    this.#atEveryScrape = metrics.filter(fromValue);
    this.#onFirstCount = metrics.filter((metric) => waits(metric) && !fromValue(metric));
    this.#onArrival = metrics.filter((metric) => !waits(metric) && !fromValue(metric));
    this.#keys = new RowKeys(map.keySize);
  }

  /** Whether labels are decoded at every scrape. */
  get rebinds(): boolean {
    return this.#atEveryScrape.length > 0;
  }

  /** The key of a row, a view that is valid until the next snapshot. */
  keyOf(row: number): Uint8Array {
    return this.#keys.get(row);
  }

  /** Prepares for rows below `limit`. */
  reserve(limit: number): void {
    this.#keys.reserve(limit);
    if (limit > this.#hasCounted.length) this.#hasCounted = grown(this.#hasCounted, limit);
  }

  /** Binds the rows that a snapshot added. */
  async bindAdded({ addedRows, addedKeys }: MapSnapshot): Promise<void> {
    if (addedRows.length === 0) return;
    const { keySize, valueStride } = this.#map;
    // A value of numbers that wrap remembers as many as the entry has.
    const step = entriesPerLook(valueStride, rowsPerLook);
    for (let index = 0; index < addedRows.length; index++) {
      if (index % step === 0 && this.#pacer.isDue) await this.#pacer.pause();
      const row = addedRows[index]!;
      const key = addedKeys.subarray(index * keySize, (index + 1) * keySize);
      this.#hasCounted[row] = 0;
      this.#keys.set(row, key);
      for (const metric of this.#onArrival) metric.bind(row, key);
    }
  }

  /** Binds the rows of an array whose value is above zero for the first time. */
  async bindCounted(entries: Entries): Promise<void> {
    if (this.#onFirstCount.length === 0) return;
    const { rows, count } = entries;
    const step = entriesPerLook(entries.stride, rowsPerLook);
    for (let index = 0; index < count; index++) {
      if (index % step === 0 && this.#pacer.isDue) await this.#pacer.pause();
      const row = rows[index]!;
      if (this.#hasCounted[row] || isZero(entries, index)) continue;
      this.#hasCounted[row] = 1;
      for (const metric of this.#onFirstCount) metric.bind(row, this.keyOf(row));
    }
  }

  /** Prepares the decoders of labels in the value. Call it before `rebind`. */
  async prepareRebind({ rows, values, count, stride }: Entries): Promise<void> {
    for (const metric of this.#atEveryScrape) {
      if (!metric.binding.labels.announce) continue;
      for (let index = 0; index < count; index++) {
        if (index % rowsPerLook === 0 && this.#pacer.isDue) await this.#pacer.pause();
        const at = index * stride;
        const row = rows[index]!;
        metric.announce(row, this.keyOf(row), values.subarray(at, at + this.#map.valueSize));
      }
    }
    for (const { binding } of this.#atEveryScrape) await binding.labels.prepare();
  }

  /** Moves the rows of entries `from` to `to` to the series of their values. */
  rebind(entries: Entries, from: number, to: number): void {
    const { rows, values, stride } = entries;
    for (const metric of this.#atEveryScrape) {
      for (let index = from; index < to; index++) {
        const row = rows[index]!;
        if (this.#isArray && leavesOutZeros(metric) && !this.#hasCounted[row]) {
          if (isZero(entries, index)) continue;
          this.#hasCounted[row] = 1;
        }
        const at = index * stride;
        metric.rebind(row, this.keyOf(row), values.subarray(at, at + this.#map.valueSize));
      }
    }
  }
}

/** Whether an entry that exists from the start is shown only once it is above zero. */
function leavesOutZeros(metric: Metric): boolean {
  return metric.isLabelled && metric.binding.spec.zeros !== true;
}
