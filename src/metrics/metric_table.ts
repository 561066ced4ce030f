import { type Unit, units } from '../config/units.js';
import type { MetricBinding } from '../decode/metric_binding.js';
import type { Family, FamilyType, Format } from './family.js';
import { grown } from './growth.js';
import { labelText } from './label_text.js';
import type { EntryShape } from './number_reader.js';
import type { PageWriter } from './page_writer.js';
import { SeriesTable } from './series_table.js';

/** The row has no entry, or none that was handed to `bind`. */
const unbound = -1;
/** The row's entry is left out: a regex dropped it, or it could not be decoded. */
const leftOut = -2;

/** Between two looks at the clock. */
const removalsPerLook = 64;

/** Entries of a snapshot, as the tables read them. */
export interface Entries {
  readonly view: DataView;
  /** Row of each entry. */
  readonly rows: Uint32Array;
  /** Bytes from one entry to the next. */
  readonly stride: number;
}

/** How many numbers a table keeps for a row and for a series. */
export interface Widths {
  readonly row: number;
  readonly series: number;
}

/**
 * One metric: the rows of its map, the series they are summed into, and the series' values.
 *
 * A row keeps the numbers it had last. For counters and histograms a series keeps a base as well, which takes over what
 * a row had counted when its entry vanishes or starts anew, so that the value, base plus rows, never goes down. A scrape
 * is `open`, `release` for the rows that are gone, `bind` for those that are new, `begin`, `sweep` over all entries,
 * `finish`; `settle` comes in between for entries taken out of the map.
 */
export abstract class MetricTable implements Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly unit?: string;
  /** Whether there are labels that tell entries apart. */
  readonly isLabelled: boolean;
  readonly binding: MetricBinding;
  /** Rows summed into `other` because of the limit, and rows whose labels could not be decoded; never go down. */
  dropped = 0;
  decodeErrors = 0;
  /** Whether the map could not be read the last time. Then nothing is shown: old numbers would pass for new ones. */
  isStale = false;

  protected readonly series: SeriesTable;
  protected readonly shape: EntryShape;
  protected readonly widths: Widths;
  /** What one base unit is in the kernel's unit. */
  protected readonly per: number;
  protected readonly keepsCounts: boolean;
  protected seriesOfRow = new Int32Array(0);
  protected last = new Float64Array(0);
  protected values: Float64Array;
  protected changedAt: Float64Array;
  protected now = 0;

  readonly #overflowLabels: string;
  #base: Float64Array;
  #rowsOfSeries: Int32Array;
  /** Series that have lost their last row. */
  readonly #orphans = new Set<number>();
  #overflowSeries: number | undefined;
  #overflowLast: Float64Array | undefined;

  constructor(
    binding: MetricBinding,
    prefix: string,
    shape: EntryShape,
    widths: Widths,
    lineStart: (name: string, labels: string) => string,
  ) {
    const { spec, labels } = binding;
    const fullName = prefix + spec.name;
    this.name = spec.type === 'counter' ? fullName.replace(/_total$/, '') : fullName;
    this.type = spec.type;
    this.help = spec.help;
    if (spec.unit) this.unit = units[spec.unit satisfies Unit].base;
    this.binding = binding;
    this.shape = shape;
    this.widths = widths;
    this.per = spec.unit ? units[spec.unit].per : 1;
    this.keepsCounts = spec.type !== 'gauge';
    this.isLabelled = Object.values(spec.labels).some((label) => label.constant === undefined);
    this.#overflowLabels = labelText(labels.names, labels.overflow);
    this.series = new SeriesTable((text) =>
      lineStart(spec.type === 'counter' ? `${this.name}_total` : this.name, text),
    );
    this.#base = new Float64Array(this.series.capacity * widths.series);
    this.values = new Float64Array(this.series.capacity * widths.series);
    this.changedAt = new Float64Array(this.series.capacity);
    this.#rowsOfSeries = new Int32Array(this.series.capacity);
  }

  get isEmpty(): boolean {
    return this.isStale || this.series.size === 0;
  }

  /** Series shown. */
  get size(): number {
    return this.series.size;
  }

  abstract write(page: PageWriter, position: number, format: Format): number | undefined;

  /** Reads entries `from` to `to`, of which the bound ones are summed into their series. */
  abstract sweep(entries: Entries, from: number, to: number): void;

  /** Reads the numbers of a row from an entry that starts at `at`, into `numbers` (the row's width). */
  protected abstract readRow(view: DataView, at: number, numbers: Float64Array): void;

  /** Reads the numbers of the overflow companion, into `numbers` (the series' width). */
  protected abstract readOverflow(view: DataView, numbers: Float64Array): void;

  /** Where in its series a row's number is summed. */
  protected abstract placeOf(row: number, index: number): number;

  /** Starts a scrape: makes room for rows below `limit`. */
  open(limit: number, now: number): void {
    this.now = now;
    const before = this.seriesOfRow.length;
    if (limit <= before) return;
    this.seriesOfRow = grown(this.seriesOfRow, limit).fill(unbound, before);
    this.last = grown(this.last, this.seriesOfRow.length * this.widths.row);
  }

  /** Gives a row to the series of its key, or of its key and value. A row that is bound already is released first. */
  bind(row: number, key: Uint8Array, value: Uint8Array | undefined): void {
    this.release(row);
    const series = this.#resolve(unbound, key, value);
    this.seriesOfRow[row] = series;
    if (series >= 0) this.#adopt(series);
  }

  /** Gives a row to the series its value asks for. What it had counted stays with the series it had before. */
  rebind(row: number, key: Uint8Array, value: Uint8Array): void {
    const before = this.seriesOfRow[row]!;
    const series = this.#resolve(before, key, value);
    if (series === before) return;
    if (before >= 0) {
      this.transfer(row, before, 1);
      this.#abandon(before);
    }
    if (series >= 0) this.transfer(row, series, -1);
    this.seriesOfRow[row] = series;
    if (series >= 0) this.#adopt(series);
  }

  /** Lets go of a row whose entry is gone. */
  release(row: number): void {
    const series = this.seriesOfRow[row];
    if (series === undefined || series === unbound) return;
    this.seriesOfRow[row] = unbound;
    if (series >= 0) {
      this.transfer(row, series, 1);
      this.#abandon(series);
    }
    this.last.fill(0, row * this.widths.row, (row + 1) * this.widths.row);
  }

  /** Keeps what an entry had counted when it was taken out of the map: the row, if it comes back, counts from zero. */
  settle(row: number, view: DataView): void {
    const series = this.seriesOfRow[row] ?? unbound;
    if (series < 0 || !this.keepsCounts) return;
    const { row: width, series: seriesWidth } = this.widths;
    const numbers = new Float64Array(width);
    this.readRow(view, 0, numbers);
    for (let index = 0; index < width; index++) {
      this.values[series * seriesWidth + this.placeOf(row, index)]! -= this.last[row * width + index]!;
    }
    if (this.updateRow(row, series, numbers)) this.changedAt[series] = this.now;
    this.transfer(row, series, 1);
    this.last.fill(0, row * width, (row + 1) * width);
  }

  /** Starts the sums of a scrape, once its rows are bound. */
  begin(): void {
    this.values.set(this.#base);
  }

  /** Adds the overflow companion's entry to the series `other`, which is there from then on. */
  sweepOverflow(view: DataView): void {
    const series = this.#overflow();
    this.#overflowLast ??= this.#pinOverflow(series);
    const last = this.#overflowLast;
    const numbers = new Float64Array(last.length);
    this.readOverflow(view, numbers);
    const restarted = this.keepsCounts && numbers.some((number, index) => number < last[index]!);
    const offset = series * last.length;
    for (let index = 0; index < last.length; index++) {
      if (restarted) this.#keep(offset + index, last[index]!);
      this.values[offset + index]! += numbers[index]!;
    }
    last.set(numbers);
  }

  /**
   * Removes the series that have no rows any more: of a gauge at once, of a counter when they expire.
   * @param isDue tells when to interrupt, so that others get their turn
   * @returns whether that was all: if not, call again
   */
  finish(isDue: () => boolean): boolean {
    const { expireMs } = this.binding.spec;
    if (this.#orphans.size === 0 || (this.keepsCounts && expireMs === undefined)) return true;
    let removed = 0;
    for (const series of this.#orphans) {
      const isOrphan = this.#rowsOfSeries[series] === 0;
      if (isOrphan && this.keepsCounts) {
        if (series === this.#overflowSeries || this.now - this.changedAt[series]! < expireMs!) continue;
      }
      this.#orphans.delete(series);
      if (isOrphan) this.#remove(series);
      if (++removed % removalsPerLook === 0 && isDue()) return false;
    }
    return true;
  }

  /**
   * Makes `numbers` the last ones of a row. If any of them went down, the entry had started anew in between, and what it
   * counted before goes to the base.
   * @returns whether any of them changed
   */
  protected updateRow(row: number, series: number, numbers: Float64Array): boolean {
    const offset = row * this.widths.row;
    let changed = false;
    let restarted = false;
    for (let index = 0; index < numbers.length; index++) {
      const before = this.last[offset + index]!;
      if (numbers[index] === before) continue;
      changed = true;
      if (numbers[index]! < before) restarted = true;
    }
    if (restarted) this.transfer(row, series, 1);
    if (changed) this.last.set(numbers, offset);
    return changed;
  }

  /** Adds what a row had last to a series's base, or takes it off. Gauges have no base. */
  protected transfer(row: number, series: number, sign: 1 | -1): void {
    if (!this.keepsCounts) return;
    const { row: width, series: seriesWidth } = this.widths;
    for (let index = 0; index < width; index++) {
      this.#keep(series * seriesWidth + this.placeOf(row, index), sign * this.last[row * width + index]!);
    }
  }

  #keep(place: number, count: number): void {
    this.#base[place]! += count;
    this.values[place]! += count;
  }

  /** The series an entry belongs to, or why it has none. What is wrong with a row is counted once while it lasts. */
  #resolve(before: number, key: Uint8Array, value: Uint8Array | undefined): number {
    const { labels, spec } = this.binding;
    let texts: readonly string[] | undefined;
    try {
      texts = labels.decode(key, value);
    } catch {
      if (before !== leftOut) this.decodeErrors++;
      return leftOut;
    }
    if (texts === undefined) return leftOut;
    const text = labelText(labels.names, texts);
    const known = this.series.find(text);
    if (known !== undefined) return known;
    if (text === this.#overflowLabels) return this.#overflow();
    const others = this.#overflowSeries === undefined ? 0 : 1;
    if (this.series.size - others < spec.limit) return this.#add(text);
    if (before !== this.#overflowSeries) this.dropped++;
    return this.#overflow();
  }

  #add(text: string): number {
    const series = this.series.add(text);
    const { capacity } = this.series;
    if (this.changedAt.length < capacity) {
      this.values = grown(this.values, capacity * this.widths.series);
      this.#base = grown(this.#base, capacity * this.widths.series);
      this.changedAt = grown(this.changedAt, capacity);
      this.#rowsOfSeries = grown(this.#rowsOfSeries, capacity);
    }
    return series;
  }

  #overflow(): number {
    this.#overflowSeries ??= this.series.find(this.#overflowLabels) ?? this.#add(this.#overflowLabels);
    return this.#overflowSeries;
  }

  /** The companion counts as a row that never goes. */
  #pinOverflow(series: number): Float64Array {
    this.#adopt(series);
    return new Float64Array(this.widths.series);
  }

  #adopt(series: number): void {
    this.#rowsOfSeries[series]! += 1;
    this.changedAt[series] = this.now;
  }

  #abandon(series: number): void {
    this.#rowsOfSeries[series]! -= 1;
    if (this.#rowsOfSeries[series] === 0) this.#orphans.add(series);
  }

  #remove(series: number): void {
    const { series: width } = this.widths;
    this.#base.fill(0, series * width, (series + 1) * width);
    this.values.fill(0, series * width, (series + 1) * width);
    this.series.remove(series);
    if (series === this.#overflowSeries) this.#overflowSeries = undefined;
  }
}
