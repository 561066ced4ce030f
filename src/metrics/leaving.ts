import type { MapShape } from '../maps/map_reader.js';
import type { Metric } from './metric.js';
import type { RowActivity } from './row_activity.js';

/** Entries leave a map that is three quarters full, until it is half full. */
const fullPart = 0.75;
const targetPart = 0.5;
/** A series stays this long after its last change if it can, so that a second Prometheus sees it too. */
const recentMs = 60_000;
/** Places for new entries, however few series the metrics may have. */
const fewestPlaces = 64;

/** Decides which entries leave a map, and how many may come. Entries that leave a map keep their series and counts. */
export class Leaving {
  readonly #map: MapShape;
  readonly #metrics: readonly Metric[];
  readonly #activity: RowActivity;
  /** An entry stays until the metric that keeps it longest lets it go. */
  readonly #idleMs: number;
  /** Only a gauge's entries say what its value is. */
  readonly #evicts: boolean;

  constructor(map: MapShape, metrics: readonly Metric[], activity: RowActivity) {
    this.#map = map;
    this.#metrics = metrics;
    this.#activity = activity;
    this.#idleMs = Math.max(...metrics.map(({ binding }) => binding.spec.expireMs ?? 0));
    this.#evicts = metrics.every(({ type }) => type !== 'gauge');
  }

  /**
   * The rows whose entries are to leave: the idle ones, those without a series, and of a map that fills those that have
   * not changed for longest.
   * @param entries in the map
   * @param now milliseconds
   */
  *rows(entries: number, now: number): Generator<number> {
    const left = new Set<number>();
    const leave = function* (rows: Iterable<number>) {
      for (const row of rows) {
        if (left.has(row)) continue;
        left.add(row);
        yield row;
      }
    };
    if (this.#idleMs > 0) yield* leave(this.#activity.idleSince(now - this.#idleMs));
    if (!this.#evicts) return;
    yield* leave(this.#withoutSeries());
    if (entries >= this.#map.maxEntries * fullPart) {
      yield* leave(this.#activity.oldest(entries - left.size - Math.floor(this.#map.maxEntries * targetPart)));
    }
  }

  /** How many entries may be added until the next update. */
  placesForNewEntries(entries: number): number {
    const places = this.#metrics.map((metric) => metric.placesForRows(recentMs));
    const wanted = Math.max(Math.min(...places), fewestPlaces);
    return Math.max(Math.min(this.#map.maxEntries - entries, wanted), 0);
  }

  /**
   * A row that waits without a series would compete with new ones at every scrape, whoever made it. Its entry leaves, and
   * has to be added again, within the share of its user.
   */
  *#withoutSeries(): Generator<number> {
    if (!this.#metrics.some((metric) => metric.hasHiddenRows)) return;
    for (const row of this.#activity.idleSince(Number.MAX_VALUE)) {
      const states = this.#metrics.map((metric) => metric.isHidden(row)).filter((state) => state !== undefined);
      if (states.length > 0 && states.every((isHidden) => isHidden)) yield row;
    }
  }
}
