import type { MapReader, MapSnapshot } from '../maps/map_reader.js';
import type { MapMetrics } from '../metrics/map_metrics.js';
import type { Pacer } from '../metrics/pacer.js';
import type { ProbeMetrics } from '../metrics/probe_metrics.js';

/** Removing an entry is a system call: what is left after this time waits for the next scrape. */
const evictionMs = 20;

export interface ScrapeOptions {
  /** Runs the probe's iterators, which refill their maps. */
  refresh(): Promise<void>;
  /** By name, every map that the metrics read. */
  readonly readers: ReadonlyMap<string, MapReader>;
  readonly metrics: ProbeMetrics;
  readonly pacer: Pacer;
}

/** Scrapes one probe: refresh the maps, read each once, update the metrics of each map, evict entries, limit new ones. */
export class Scrape {
  readonly #options: ScrapeOptions;

  constructor(options: ScrapeOptions) {
    this.#options = options;
  }

  /** Limits the new entries of each map before the first scrape. */
  start(): void {
    for (const map of this.#options.metrics.maps) this.#limitNewEntries(map);
  }

  /**
   * Brings the metrics up to date. Calls must not overlap.
   * @throws the first failure, after everything else was updated. The metrics of a map that cannot be read are hidden; all
   *   are if the refresh failed.
   */
  async run(): Promise<void> {
    const { refresh, metrics } = this.#options;
    try {
      await refresh();
    } catch (error) {
      metrics.hide();
      throw error;
    }
    const snapshots = this.#read();
    const failures: unknown[] = [];
    for (const map of metrics.maps) {
      try {
        const snapshot = await snapshots.get(map.name)!;
        const overflow = map.companion && (await snapshots.get(map.companion.map)!);
        await map.update(snapshot, overflow);
      } catch (error) {
        map.hide();
        failures.push(error);
        continue;
      }
      await this.#evict(map).catch((error: unknown) => failures.push(error));
      this.#limitNewEntries(map);
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Starts to read all maps at once, by name. */
  #read(): ReadonlyMap<string, Promise<MapSnapshot>> {
    const snapshots = [...this.#options.readers].map(([name, reader]) => [name, reader.read()] as const);
    // Each is awaited in its turn: a failure before that must not count as unhandled.
    for (const [, snapshot] of snapshots) snapshot.catch(() => {});
    return new Map(snapshots);
  }

  async #evict(map: MapMetrics): Promise<void> {
    const { readers, pacer } = this.#options;
    const end = pacer.now() + evictionMs;
    for (const { row, key } of map.leavingEntries()) {
      if (pacer.now() >= end) return;
      if (pacer.isDue) await pacer.pause();
      map.settle(row, await readers.get(map.name)!.take(key));
    }
  }

  #limitNewEntries(map: MapMetrics): void {
    const places = map.placesForNewEntries;
    if (places !== undefined) this.#options.readers.get(map.name)!.limitNewEntries?.(places);
  }
}
