import type { Entries } from './entries.js';
import { grown } from './growth.js';
import { littleEndian } from './number_reader.js';

/**
 * Finds the entries of a map whose value has not changed for a time. It compares hashes of values: a collision can only
 * make an entry look idle, and the last value is read on removal, so no count is lost.
 */
export class IdleEntries {
  readonly #idleMs: number;
  #hashes = new Int32Array(0);
  /** By row, milliseconds; Infinity if the row has no entry. */
  #changedAt = new Float64Array(0);

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** Prepares for rows below `limit`. */
  reserve(limit: number): void {
    const before = this.#hashes.length;
    if (limit <= before) return;
    this.#hashes = grown(this.#hashes, limit);
    this.#changedAt = grown(this.#changedAt, this.#hashes.length).fill(Number.POSITIVE_INFINITY, before);
  }

  /** Starts the idle time of a row. */
  restart(row: number, now: number): void {
    this.#changedAt[row] = now;
  }

  /** Ends a row whose entry is gone. */
  forget(row: number): void {
    this.#changedAt[row] = Number.POSITIVE_INFINITY;
  }

  /** Compares entries `from` to `to` with their values in the last snapshot. */
  compare({ view, rows, stride }: Entries, from: number, to: number, now: number): void {
    for (let index = from; index < to; index++) {
      const hash = hashOf(view, index * stride, stride);
      const row = rows[index]!;
      if (hash === this.#hashes[row]) continue;
      this.#hashes[row] = hash;
      this.#changedAt[row] = now;
    }
  }

  /** The rows that are idle at `now`. */
  *rows(now: number): Generator<number> {
    const oldest = now - this.#idleMs;
    for (let row = 0; row < this.#changedAt.length; row++) {
      if (this.#changedAt[row]! <= oldest) yield row;
    }
  }
}

function hashOf(view: DataView, at: number, length: number): number {
  let hash = 0x811c9dc5 | 0;
  let place = at;
  for (const end = at + length - 3; place < end; place += 4) hash = mix(hash, view.getInt32(place, littleEndian));
  for (const end = at + length; place < end; place++) hash = mix(hash, view.getUint8(place));
  return hash;
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
