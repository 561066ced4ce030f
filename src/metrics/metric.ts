import { unitOf } from '../config/units.js';
import type { MetricBinding } from '../decode/metric_binding.js';
import type { BucketBounds } from './bucket_bounds.js';
import type { Entries } from './entries.js';
import type { EntryValue } from './entry_value.js';
import type { Family, FamilyType } from './family.js';
import { RowSeries, unbound } from './row_series.js';
import { SeriesCounts } from './series_counts.js';
import { SeriesLimit } from './series_limit.js';
import { SeriesTable } from './series_table.js';
import { seriesText } from './series_text.js';

/** Between two looks at the clock. */
const removalsPerLook = 64;

/** An update goes from `idle` to `rows` to `sums` and back. */
type Phase = 'idle' | 'rows' | 'sums';

/**
 * One metric: which series the rows of its map belong to, what these have counted, and what happens at its limit.
 *
 * An update is `open`, then `release` and `bind` for the rows that went and came, then `startSums`, `rebind` and `sum` for
 * all entries, `sumCompanion`, and `finish`. After it come `settle` and reading. Every method throws a TypeError outside
 * its phase; `open` abandons an update that did not finish.
 */
export class Metric implements Family {
  name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly unit?: string;
  readonly binding: MetricBinding;
  /** Whether the entries of the map differ in a label. */
  readonly isLabelled: boolean;
  readonly #series = new SeriesTable();
  readonly #limit: SeriesLimit;
  readonly #rows: RowSeries;
  readonly #counts: SeriesCounts;
  readonly #value: EntryValue;
  readonly #bounds: BucketBounds | undefined;
  readonly #rowNumbers: Float64Array;
  #hasCompanion = false;
  #phase: Phase = 'idle';
  #isHidden = false;

  /**
   * @param value reads the entries of the metric's map
   * @param bounds of a histogram
   */
  constructor(binding: MetricBinding, prefix: string, value: EntryValue, bounds: BucketBounds | undefined) {
    const { spec, labels } = binding;
    this.name = prefix + spec.name;
    this.type = spec.type;
    this.help = spec.help;
    const { base } = unitOf(spec.unit);
    if (base) this.unit = base;
    this.binding = binding;
    this.isLabelled = Object.values(spec.labels).some((label) => label.constant === undefined);
    this.#limit = new SeriesLimit(this.#series, spec.limit, seriesText(this.name, labels.names, labels.overflow));
    this.#rows = new RowSeries(this.name, labels, this.#limit);
    this.#counts = new SeriesCounts(value, spec.type !== 'gauge');
    this.#value = value;
    this.#bounds = bounds;
    this.#rowNumbers = new Float64Array(value.rowWidth);
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** How many series the metric shows. */
  get size(): number {
    return this.#isHidden ? 0 : this.#series.size;
  }

  /** How many times a row went to the series `other` because of the limit. */
  get dropped(): number {
    return this.#limit.dropped;
  }

  /** How many times the labels of a row could not be decoded. */
  get decodeErrors(): number {
    return this.#rows.decodeErrors;
  }

  get samples(): Family['samples'] {
    const unit = unitOf(this.binding.spec.unit);
    const per = unit.per / unit.times;
    const series = this.#series;
    const { values } = this.#counts;
    if (!this.#bounds) return { kind: 'scalar', series, values, per };
    const { upper: bounds } = this.#bounds;
    const width = this.#value.seriesWidth;
    return { kind: 'histogram', series, values, per, width, bounds, hasSum: width > bounds.length + 1 };
  }

  /** Changes the name and the limit. The series and what they have counted stay. Not during an update. */
  configure(name: string, limit: number): void {
    const { names, overflow } = this.binding.labels;
    if (name !== this.name) this.#series.rename(this.name, name);
    this.#rows.rename(name);
    this.#limit.configure(limit, seriesText(name, names, overflow));
    this.name = name;
  }

  /** Shows no series until the next update is complete: the map could not be read, and old numbers would look current. */
  hide(): void {
    this.#isHidden = true;
  }

  /** Starts an update at `now` milliseconds, of rows below `limit`. */
  open(limit: number, now: number): void {
    this.#phase = 'rows';
    this.#rows.reserve(limit);
    this.#counts.reserveRows(limit, now);
  }

  /** Ends a row whose entry is gone. */
  release(row: number): void {
    this.#expect('rows');
    const series = this.#rows.of(row);
    if (series === unbound) return;
    this.#counts.release(row, series);
    this.#rows.assign(row, unbound);
  }

  /** Gives a row to the series of its key, after releasing it. */
  bind(row: number, key: Uint8Array): void {
    this.release(row);
    this.#value.placeRow(row, key);
    this.#move(row, unbound, this.#rows.resolve(row, key, undefined));
  }

  /** Starts the sums. */
  startSums(): void {
    this.#expect('rows');
    this.#counts.startSums();
    this.#phase = 'sums';
  }

  /** Moves a row to the series of its key and value before it is summed. What it has counted stays with its old series. */
  rebind(row: number, key: Uint8Array, value: Uint8Array): void {
    this.#expect('sums');
    const before = this.#rows.of(row);
    if (before === unbound) this.#value.placeRow(row, key);
    const series = this.#rows.resolve(row, key, value);
    if (series !== before) this.#move(row, before, series);
  }

  /** Adds entries `from` to `to` to the series of their rows. Each entry is added once per update. */
  sum(entries: Entries, from: number, to: number): void {
    this.#expect('sums');
    this.#value.sum(entries, from, to, this.#rows.seriesOfRow, this.#counts);
  }

  /** Adds the overflow companion's entry to the series `other`, which exists from then on. */
  sumCompanion(view: DataView): void {
    this.#expect('sums');
    const series = this.#limit.other();
    if (!this.#hasCompanion) {
      this.#hasCompanion = true;
      this.#counts.touch(series);
      this.#rows.adopt(series);
    }
    const numbers = new Float64Array(this.#value.seriesWidth);
    this.#value.readCompanion(view, numbers);
    this.#counts.addCompanion(series, numbers);
  }

  /**
   * Ends the update and removes the series that have no rows: of a gauge at once, of a counter when they expire.
   * @param isDue says when to return early and give others a turn
   * @returns whether the update is complete; if not, call again
   */
  finish(isDue: () => boolean): boolean {
    this.#expect('sums');
    if (!this.#removeOrphans(isDue)) return false;
    this.#series.settle();
    this.#phase = 'idle';
    this.#isHidden = false;
    return true;
  }

  /** Keeps the last numbers of an entry that was removed from the map. If its key returns, the row counts from 0. */
  settle(row: number, view: DataView): void {
    this.#expect('idle');
    const series = this.#rows.of(row);
    if (series < 0) return;
    this.#value.take(row, view, this.#rowNumbers);
    this.#counts.settle(row, series, this.#rowNumbers);
  }

  #move(row: number, from: number, to: number): void {
    this.#counts.move(row, from, to);
    this.#rows.assign(row, to);
  }

  #removeOrphans(isDue: () => boolean): boolean {
    const { expireMs, type } = this.binding.spec;
    const isGauge = type === 'gauge';
    const { orphans } = this.#rows;
    if (orphans.size === 0 || (!isGauge && expireMs === undefined)) return true;
    let removed = 0;
    for (const series of orphans) {
      const isOrphan = !this.#rows.hasRows(series);
      if (isOrphan && !isGauge) {
        if (this.#limit.isOther(series) || !this.#counts.isIdle(series, expireMs!)) continue;
      }
      orphans.delete(series);
      if (isOrphan) {
        this.#counts.clear(series);
        this.#limit.remove(series);
      }
      if (++removed % removalsPerLook === 0 && isDue()) return false;
    }
    return true;
  }

  #expect(phase: Phase): void {
    if (this.#phase !== phase) throw new TypeError(`metric ${this.name} is in phase ${this.#phase}, not ${phase}`);
  }
}
