import type { MetricBinding } from '../decode/metric_binding.js';
import type { MapReader, MapSnapshot } from '../maps/map_reader.js';
import type { Family } from './family.js';
import { HistogramTable } from './histogram_table.js';
import { MapCollector, type Overflow } from './map_collector.js';
import type { MetricTable } from './metric_table.js';
import { type EntryShape, numberReader } from './number_reader.js';
import type { Pacer } from './pacer.js';
import type { MapStatus, MetricStatus } from './probe_status.js';
import { ScalarTable } from './scalar_table.js';
import { SlotTable } from './slot_table.js';

export interface CollectorOptions {
  /** Put before every metric name; may be empty. */
  readonly prefix: string;
  /** Shared by all collectors and renderings of the process. */
  readonly pacer: Pacer;
  /** Brings the maps up to date before each `collect` reads them. */
  readonly refresh?: () => Promise<void>;
}

export interface CollectorCounts {
  /** Series shown, of all metrics. */
  readonly series: number;
  readonly metrics: readonly MetricStatus[];
  readonly maps: readonly MapStatus[];
}

/**
 * The metrics of one probe. `families` show what the last `collect` found, and change while it runs: never render during
 * a `collect` of the same probe, and finish rendering before the next.
 */
export class ProbeCollector {
  readonly families: readonly Family[];
  readonly #prefix: string;
  readonly #tables: readonly MetricTable[];
  readonly #maps: readonly MapCollector[];
  readonly #refresh: () => Promise<void>;
  #running: Promise<void> | undefined;

  /**
   * @param bindings metrics of the probe
   * @param readers by name, of every map that the bindings name, overflow companions included
   */
  constructor(
    bindings: readonly MetricBinding[],
    readers: ReadonlyMap<string, MapReader>,
    { prefix, pacer, refresh }: CollectorOptions,
  ) {
    this.#prefix = prefix;
    this.#refresh = refresh ?? (async () => {});
    const byMap = new Map<string, { tables: MetricTable[]; overflow: Overflow | undefined }>();
    this.#tables = bindings.map((binding) => {
      const overflow = binding.other && overflowOf(binding.other, readers);
      const table = tableOf(binding, prefix, readerOf(readers, binding.map), overflow?.reader);
      const group = byMap.get(binding.map) ?? { tables: [], overflow: undefined };
      byMap.set(binding.map, { tables: [...group.tables, table], overflow: group.overflow ?? overflow });
      return table;
    });
    this.families = this.#tables;
    this.#maps = [...byMap].map(
      ([name, { tables, overflow }]) => new MapCollector(readerOf(readers, name), overflow, tables, pacer),
    );
  }

  /**
   * Reads each map once and brings the families up to date. Holds the event loop for no longer than the pacer allows. A
   * second call while one runs joins it.
   * @throws the first of the faults. Metrics of a map that could not be read are then hidden, and all others shown; all are
   *   hidden when the maps could not be brought up to date.
   */
  collect(): Promise<void> {
    this.#running ??= this.#collect().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Totals since the collector was made. */
  get counts(): CollectorCounts {
    const metrics = this.#tables.map((table) => ({
      name: this.#prefix + table.binding.spec.name,
      series: table.isStale ? 0 : table.size,
      dropped: table.dropped,
      decodeErrors: table.decodeErrors,
    }));
    const series = metrics.reduce((sum, metric) => sum + metric.series, 0);
    return { series, metrics, maps: this.#maps.map((map) => map.status) };
  }

  async #collect(): Promise<void> {
    try {
      await this.#refresh();
    } catch (error) {
      for (const map of this.#maps) map.hide();
      throw error;
    }
    const snapshots = new Map<MapReader, Promise<MapSnapshot>>();
    const readOnce = (reader: MapReader) => {
      const snapshot = snapshots.get(reader) ?? reader.read();
      snapshots.set(reader, snapshot);
      return snapshot;
    };
    const readings = this.#maps.map((map) => map.read(readOnce));
    // All are awaited in turn; what fails meanwhile must not count as unhandled.
    for (const reading of readings) reading.catch(() => {});
    const failures: unknown[] = [];
    for (const [index, map] of this.#maps.entries()) {
      try {
        await map.update(await readings[index]!);
      } catch (error) {
        map.hide();
        failures.push(error);
        continue;
      }
      await map.expire().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}

function readerOf(readers: ReadonlyMap<string, MapReader>, name: string): MapReader {
  const reader = readers.get(name);
  if (!reader) throw new TypeError(`no reader for map ${name}`);
  return reader;
}

function overflowOf(other: NonNullable<MetricBinding['other']>, readers: ReadonlyMap<string, MapReader>): Overflow {
  const reader = readerOf(readers, other.map);
  return { reader, lost: numberReader(other.lost, shapeOf(reader)) };
}

function tableOf(
  binding: MetricBinding,
  prefix: string,
  reader: MapReader,
  overflow: MapReader | undefined,
): MetricTable {
  const overflowShape = overflow && shapeOf(overflow);
  switch (binding.value.kind) {
    case 'number':
      return new ScalarTable(binding, prefix, shapeOf(reader), overflowShape);
    case 'histogram':
      return new HistogramTable(binding, prefix, shapeOf(reader), overflowShape);
    case 'slot':
      return new SlotTable(binding, prefix, shapeOf(reader), overflowShape);
  }
}

function shapeOf({ cpus, valueSize }: MapReader): EntryShape {
  return { cpus, cpuStride: Math.ceil(valueSize / 8) * 8 };
}
