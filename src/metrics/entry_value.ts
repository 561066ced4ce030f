import type { Entries } from './entries.js';
import type { Placement, SeriesCounts } from './series_counts.js';

/** What a metric reads of each entry of its map: one implementation per kind of value. */
export interface EntryValue extends Placement {
  /** Notes the key of a row before its numbers are placed. */
  placeRow(row: number, key: Uint8Array): void;
  /** Reads the numbers of one entry, which starts at `at`. */
  read(view: DataView, at: number, numbers: Float64Array): void;
  /** Reads the numbers of the overflow companion's entry, with the width of a series. */
  readCompanion(view: DataView, numbers: Float64Array): void;
  /** Adds entries `from` to `to` to the series of their rows; rows without a series are skipped. */
  sum(entries: Entries, from: number, to: number, seriesOfRow: Int32Array, counts: SeriesCounts): void;
}
