import { unitOf } from '../config/units.js';
import type { MetricBinding } from '../decode/metric_binding.js';
import { Admission, type BytesOf } from './admission.js';
import type { BucketBounds } from './bucket_bounds.js';
import type { Entries } from './entries.js';
import type { EntryValue } from './entry_value.js';
import type { Family, FamilyType } from './family.js';
import { removeOrphans } from './orphans.js';
import type { RowActivity } from './row_activity.js';
import { hidden, leftOut, RowSeries, unbound } from './row_series.js';
import { samplesOf } from './samples.js';
import { SeriesCounts } from './series_counts.js';
import { SeriesLimit } from './series_limit.js';
import { SeriesTable } from './series_table.js';
import { seriesText } from './series_text.js';

/** An update goes from `idle` to `rows` to `sums` and back. */
type Phase = 'idle' | 'rows' | 'sums';

/**
 * One metric: which series the rows of its map belong to, what these have counted, and what happens at its limit.
 *
 * An update is `open`, then `release` and `bind` for the rows that went and came, then `startSums`, `rebind` and `sum` for
 * all entries, `sumCompanion`, `admit` for the rows that wait for a series, and `finish`. After it come `settle` and
 * reading. Every method throws a TypeError outside its phase; `open` abandons an update that did not finish.
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
  readonly #admission: Admission;
  readonly #rowNumbers: Float64Array;
  readonly #isGauge: boolean;
  #hasCompanion = false;
  #phase: Phase = 'idle';
  #isHidden = false;

  /**
   * @param value reads the entries of the metric's map
   * @param bounds of a histogram
   * @param activity of the rows of the metric's map
   */
  constructor(
    binding: MetricBinding,
    prefix: string,
    value: EntryValue,
    bounds: BucketBounds | undefined,
    activity: RowActivity,
  ) {
    const { spec, labels } = binding;
    this.name = prefix + spec.name;
    this.type = spec.type;
    this.help = spec.help;
    const { base: unit } = unitOf(spec.unit);
    if (unit) this.unit = unit;
    this.binding = binding;
    this.isLabelled = Object.values(spec.labels).some((label) => label.constant === undefined);
    this.#value = value;
    this.#bounds = bounds;
    const otherText = seriesText(this.name, labels.names, labels.overflow);
    this.#limit = new SeriesLimit(this.#series, this.#capacityOf(spec.limit), otherText);
    this.#rows = new RowSeries(this.name, labels);
    this.#isGauge = spec.type === 'gauge';
    this.#counts = new SeriesCounts(value, !this.#isGauge, activity);
    this.#admission = new Admission({
      series: this.#series,
      limit: this.#limit,
      rows: this.#rows,
      counts: this.#counts,
      keepsSeries: this.#isGauge,
    });
    this.#rowNumbers = new Float64Array(value.rowWidth);
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  /** How many samples the metric shows; a histogram has several per series. */
  get size(): number {
    return this.#isHidden ? 0 : this.#series.size * this.#samplesPerSeries;
  }

  /** How many times the growth of a row was counted in `other` because of the limit. */
  get dropped(): number {
    return this.#limit.dropped;
  }

  /** How many times the labels of a row could not be decoded. */
  get decodeErrors(): number {
    return this.#rows.decodeErrors;
  }

  get samples(): Family['samples'] {
    const { values } = this.#counts;
    return samplesOf(this.#series, values, this.binding.spec, this.#bounds?.upper, this.#value.seriesWidth);
  }

  /** Changes the name and the limit. The series and what they have counted stay. Not during an update. */
  configure(name: string, limit: number): void {
    const { names, overflow } = this.binding.labels;
    if (name !== this.name) this.#series.rename(this.name, name);
    this.#rows.rename(name);
    this.#limit.configure(this.#capacityOf(limit), seriesText(name, names, overflow));
    this.name = name;
  }

  /** Shows no series until the next update is complete: the map could not be read, and old numbers would look current. */
  hide(): void {
    this.#isHidden = true;
  }

  /** The lines of a series in the text format: a histogram has its buckets, `+Inf`, the count, and mostly a sum. */
  get #samplesPerSeries(): number {
    return this.#bounds ? this.#value.seriesWidth + 1 : 1;
  }

  /** How many series make up to `samples` samples. */
  #capacityOf(samples: number): number {
    return Math.floor(samples / this.#samplesPerSeries);
  }

  /**
   * Starts an update.
   * @param limit of the numbers of rows
   * @param now milliseconds
   * @param arrivals how many rows are new
   */
  open(limit: number, now: number, arrivals: number): void {
    const { free, capacity } = this.#limit;
    const isNearLimit = free < Math.max(arrivals + this.#rows.hiddenRows, capacity / 2);
    if (this.#phase === 'idle') this.#counts.keepShown(isNearLimit && this.isLabelled && !this.#isGauge);
    this.#phase = 'rows';
    this.#rows.reserve(limit);
    this.#counts.reserveRows(limit, now);
    this.#admission.begin();
  }

  /** Ends a row whose entry is gone. */
  release(row: number): void {
    this.#expect('rows');
    const series = this.#rows.of(row);
    if (series === unbound) return;
    this.#counts.release(row, series);
    this.#rows.assign(row, unbound);
  }

  /** Begins a row, after releasing it. Once it is summed, it waits for a series. */
  bind(row: number, key: Uint8Array): void {
    this.release(row);
    this.#value.placeRow(row, key);
    this.start(row);
  }

  protected start(row: number): void {
    this.#counts.begin(row);
    this.#rows.assign(row, hidden);
  }

  protected isUnbound(row: number): boolean {
    return this.#rows.of(row) === unbound;
  }

  /** Starts the sums. */
  startSums(): void {
    this.#expect('rows');
    this.#counts.startSums();
    this.#phase = 'sums';
  }

  /**
   * Moves a row to the series of its key and value before it is summed. What it has counted stays with its old series. If
   * the new one has no place, the row waits once it is summed and has changed.
   */
  rebind(row: number, key: Uint8Array, value: Uint8Array): void {
    this.#expect('sums');
    const before = this.#rows.of(row);
    if (before === unbound) this.#value.placeRow(row, key);
    const text = this.#rows.textOf(row, key, value);
    const series = text === undefined ? leftOut : (this.#limit.seriesOf(text) ?? this.#withoutPlace);
    if (series === before) return;
    if (before === unbound && series === hidden) this.#counts.begin(row);
    this.#counts.move(row, before, series);
    this.#rows.assign(row, series);
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

  /** Tells the decoders which entry will be decoded. */
  announce(_row: number, key: Uint8Array, value: Uint8Array | undefined): void {
    this.binding.labels.announce?.(key, value);
  }

  /** The rows that wait for a series, after the sums. */
  waitingRows(): Generator<number> {
    return this.#counts.waiting.rows();
  }

  /**
   * Gives the waiting rows their series, or counts them in `other`.
   * @param isDue says when to return early and give others a turn
   * @returns whether all are done; if not, call again
   */
  admit(readKey: BytesOf, readValue: BytesOf, isDue: () => boolean): boolean {
    this.#expect('sums');
    return this.#admission.run(readKey, this.binding.labels.usesValue ? readValue : undefined, isDue);
  }

  /**
   * Ends the update and removes the series that have no rows: of a gauge at once, of a counter when they expire.
   * @param isDue says when to return early and give others a turn
   * @returns whether the update is complete; if not, call again
   */
  finish(isDue: () => boolean): boolean {
    this.#expect('sums');
    const { type, expireMs } = this.binding.spec;
    const keptMs = type === 'gauge' ? 0 : expireMs;
    const parts = { rows: this.#rows, counts: this.#counts, limit: this.#limit };
    if (keptMs !== undefined && !removeOrphans(parts, keptMs, isDue)) return false;
    this.#series.settle();
    this.#phase = 'idle';
    this.#isHidden = false;
    return true;
  }

  /** Keeps the last numbers of an entry that was removed from the map. If its key returns, the row counts from 0. */
  settle(row: number, view: DataView, at = 0): void {
    this.#expect('idle');
    const series = this.#rows.of(row);
    if (series < 0) return;
    this.#value.take(row, view, at, this.#rowNumbers);
    if (series !== hidden) this.#counts.settle(row, series, this.#rowNumbers);
    else {
      const isPassed = this.#counts.pass(row, () => this.#limit.other(), this.#rowNumbers);
      this.#counts.begin(row);
      if (isPassed) this.#series.settle();
    }
  }

  /** Whether a row waits for a change until it gets a series; undefined if it never gets one. */
  isHidden(row: number): boolean | undefined {
    const series = this.#rows.of(row);
    return series < 0 ? undefined : series === hidden;
  }

  /** Whether any row has no series because of the limit. */
  get hasHiddenRows(): boolean {
    return this.#rows.hiddenRows > 0;
  }

  /**
   * How many new rows can get a series although none vanishes that changed within `milliseconds`, but at least a quarter
   * of all series.
   */
  placesForRows(milliseconds: number): number {
    if (!this.isLabelled || this.#isGauge) return Number.POSITIVE_INFINITY;
    const rowsPerSeries = this.#value.seriesWidth > this.#value.rowWidth ? this.#value.seriesWidth : 1;
    return this.#admission.places(milliseconds) * rowsPerSeries;
  }

  /** Where a row goes that finds no place before the sums. */
  get #withoutPlace(): number {
    return this.#isGauge ? this.#limit.other() : hidden;
  }

  #expect(phase: Phase): void {
    if (this.#phase !== phase) throw new TypeError(`metric ${this.name} is in phase ${this.#phase}, not ${phase}`);
  }
}
