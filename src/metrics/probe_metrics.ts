import type { MetricSpec } from '../config/probe_schema.js';
import type { MetricBinding } from '../decode/metric_binding.js';
import type { MapShape } from '../maps/map_reader.js';
import { type BucketBounds, bucketBounds, slotsInKey } from './bucket_bounds.js';
import type { EntryValue } from './entry_value.js';
import type { Family } from './family.js';
import { HistogramValue } from './histogram_value.js';
import { MapMetrics, type OverflowCompanion } from './map_metrics.js';
import { Metric } from './metric.js';
import { type EntryShape, numberReader, single } from './number_reader.js';
import type { Pacer } from './pacer.js';
import { PartedMetric, partShape } from './parted_metric.js';
import type { MapStatus, MetricStatus } from './probe_status.js';
import { RowActivity } from './row_activity.js';
import { ScalarValue } from './scalar_value.js';
import { SlotValue } from './slot_value.js';

export interface ProbeMetricsOptions {
  /** Put before the name of every metric; may be empty. */
  readonly prefix: string;
  /** Shared by all long work of the process. */
  readonly pacer: Pacer;
}

export interface ProbeCounts {
  /** Samples shown, of all metrics. */
  readonly series: number;
  readonly metrics: readonly MetricStatus[];
  readonly maps: readonly MapStatus[];
}

/**
 * The metrics of one probe, grouped by the map they read. `families` change while a map is updated: finish rendering
 * before the next update begins.
 */
export class ProbeMetrics {
  readonly families: readonly Family[];
  /** In the order of the bindings. */
  readonly maps: readonly MapMetrics[];
  readonly #metrics: readonly Metric[];

  /**
   * @param bindings the metrics of the probe
   * @param shapes by name, of every map that the bindings name, overflow companions included
   */
  constructor(
    bindings: readonly MetricBinding[],
    shapes: ReadonlyMap<string, MapShape>,
    { prefix, pacer }: ProbeMetricsOptions,
  ) {
    const names = [...new Set(bindings.map(({ map }) => map))];
    const activities = new Map(names.map((name) => [name, new RowActivity()]));
    this.#metrics = bindings.map((binding) => metricOf(binding, prefix, shapes, activities.get(binding.map)!));
    this.families = this.#metrics;
    this.maps = names.map((name) => {
      const metrics = this.#metrics.filter(({ binding }) => binding.map === name);
      const other = metrics.find(({ binding }) => binding.other)?.binding.other;
      const companion: OverflowCompanion | undefined = other && {
        map: other.map,
        lost: numberReader(other.lost, entryShapeOf(shapeOf(shapes, other.map))),
      };
      return new MapMetrics(shapeOf(shapes, name), companion, metrics, activities.get(name)!, pacer);
    });
  }

  /** Totals since the probe was loaded. Several maps or fields can be one metric. */
  get counts(): ProbeCounts {
    const names = [...new Set(this.#metrics.map(({ name }) => name))];
    const metrics = names.map((name) => {
      const members = this.#metrics.filter((metric) => metric.name === name);
      return {
        name,
        series: sumOf(members, ({ size }) => size),
        dropped: sumOf(members, ({ dropped }) => dropped),
        decodeErrors: sumOf(members, ({ decodeErrors }) => decodeErrors),
      };
    });
    const series = metrics.reduce((sum, metric) => sum + metric.series, 0);
    return { series, metrics, maps: this.maps.map((map) => map.status) };
  }

  /**
   * Changes the prefix and the limits; what the series have counted stays. Not during an update.
   * @param specs of the same metrics, in the order of the bindings
   */
  configure(specs: readonly Pick<MetricSpec, 'name' | 'limit'>[], prefix: string): void {
    for (const [index, { name, limit }] of specs.entries()) this.#metrics[index]!.configure(prefix + name, limit);
  }

  /** Shows no series of any map until the next update of the map is complete. */
  hide(): void {
    for (const map of this.maps) map.hide();
  }
}

function metricOf(
  binding: MetricBinding,
  prefix: string,
  shapes: ReadonlyMap<string, MapShape>,
  activity: RowActivity,
): Metric {
  const { spec, value, parts, other } = binding;
  const map = shapeOf(shapes, binding.map);
  const whole = entryShapeOf(map);
  const { perCpu, elements, elementSize } = parts ?? { perCpu: false, elements: 1, elementSize: 0 };
  const shape = perCpu ? single : whole;
  const companion = other && {
    value: other.value,
    shape: entryShapeOf(shapeOf(shapes, other.map)),
    elements,
    elementSize,
  };
  const make = (reader: EntryValue, bounds?: BucketBounds) =>
    parts === undefined
      ? new Metric(binding, prefix, reader, bounds, activity)
      : new PartedMetric(
          binding,
          prefix,
          reader,
          bounds,
          activity,
          partShape(parts, whole.cpus, whole.cpuStride),
          map.keySize,
        );
  switch (value.kind) {
    case 'number':
      return make(new ScalarValue(value.field, shape, companion, spec.type !== 'gauge', value.combine));
    case 'histogram': {
      const { buckets, isTime } = value.field;
      const slots = Math.min(buckets.count, (spec.buckets?.last ?? Number.POSITIVE_INFINITY) + 1);
      const bounds = bucketBounds(spec, slots, isTime);
      return make(new HistogramValue(value.field, bounds, shape, companion), bounds);
    }
    case 'slot': {
      const bounds = bucketBounds(spec, slotsInKey(spec.buckets!));
      return make(new SlotValue(value, bounds, shape, companion), bounds);
    }
  }
}

function sumOf(members: readonly Metric[], count: (member: Metric) => number): number {
  return members.reduce((sum, member) => sum + count(member), 0);
}

function shapeOf(shapes: ReadonlyMap<string, MapShape>, name: string): MapShape {
  const shape = shapes.get(name);
  if (!shape) throw new TypeError(`no reader for map ${name}`);
  return shape;
}

function entryShapeOf({ cpus, valueSize }: MapShape): EntryShape {
  return { cpus, cpuStride: Math.ceil(valueSize / 8) * 8 };
}
