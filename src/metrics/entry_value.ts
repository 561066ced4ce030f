import type { Entries } from './entries.js';
import type { Placement, SeriesCounts } from './series_counts.js';

/** What a metric reads of each entry of its map: one implementation per kind of value. */
export interface EntryValue extends Placement {
  /** Starts a row at 0, before its numbers are placed. */
  placeRow(row: number, key: Uint8Array): void;
  /**
   * Reads the last numbers of an entry that was removed from the map and starts at `at`. If its key returns, the row starts
   * at 0.
   */
  take(row: number, view: DataView, at: number, numbers: Float64Array): void;
  /** Reads the numbers of the overflow companion's entry, with the width of a series. */
  readCompanion(view: DataView, numbers: Float64Array): void;
  /** Adds entries `from` to `to` to the series of their rows; rows without a series are skipped. */
  sum(entries: Entries, from: number, to: number, seriesOfRow: Int32Array, counts: SeriesCounts): void;
}
