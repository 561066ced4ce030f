import { grown } from './growth.js';
import { smallest } from './smallest.js';

/** Knows when the value of each row of a map changed last. The metrics of the map share it. */
export class RowActivity {
  /** By row, milliseconds; Infinity if the row has no entry. Replaced when it grows. */
  changedAt = new Float64Array(0);

  /** Prepares for rows below `limit`. */
  reserve(limit: number): void {
    const before = this.changedAt.length;
    if (limit > before) this.changedAt = grown(this.changedAt, limit).fill(Number.POSITIVE_INFINITY, before);
  }

  /** Ends a row whose entry is gone. */
  forget(row: number): void {
    this.changedAt[row] = Number.POSITIVE_INFINITY;
  }

  /** The rows that have not changed since `time`. */
  *idleSince(time: number): Generator<number> {
    for (let row = 0; row < this.changedAt.length; row++) if (this.changedAt[row]! <= time) yield row;
  }

  /** The `count` rows that have not changed for longest. */
  oldest(count: number): number[] {
    const rows = [...this.idleSince(Number.MAX_VALUE)];
    return smallest(rows, count, (row) => this.changedAt[row]!);
  }
}
