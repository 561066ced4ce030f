import type { Family, HistogramSamples, ScalarSamples } from '../metrics/family.js';
import type { Pacer } from '../metrics/pacer.js';
import type { LiveHeatmap, LivePanel, LiveRow } from './digest.js';
import type { HeatmapSpec, PanelSpec } from './panels.js';
import { labelsOf } from './series_labels.js';

/** Rows that the page shows of a panel. */
const shownRows = 6;
/** Between two looks at the clock: some 30 µs. */
const seriesPerLook = 64;

/** By the text of its series: the value at the last reading. */
type Values = Map<string, number>;

/** Remembers the counters of one panel, and says how much they have grown. */
export class PanelGrowth {
  readonly #spec: PanelSpec;
  #values: Values | undefined;
  /** Milliseconds of the last reading: a late probe misses some. */
  #at = 0;

  constructor(spec: PanelSpec) {
    this.#spec = spec;
  }

  /**
   * @param families of the panel's metrics
   * @param now milliseconds, never going back
   * @returns undefined at the first reading
   */
  async read(families: readonly Family[], now: number, pacer: Pacer): Promise<LivePanel | undefined> {
    const { id, without } = this.#spec;
    const last = this.#values;
    const seconds = Math.max(1, now - this.#at) / 1000;
    const values: Values = new Map();
    const rows = new Map<string, { labels: Record<string, string>; growth: number }>();
    let total = 0;
    for (const { samples } of families) {
      if (samples.kind !== 'scalar') continue;
      let count = 0;
      for (const [text, value] of scalars(samples)) {
        if (++count % seriesPerLook === 0 && pacer.isDue) await pacer.pause();
        values.set(text, value);
        // A series that left and came back, or a probe that was loaded again, begins anew.
        const before = last?.get(text) ?? 0;
        const growth = value < before ? value : value - before;
        if (last === undefined || growth <= 0) continue;
        total += growth;
        const labels = labelsOf(text, without);
        const key = JSON.stringify(labels);
        const row = rows.get(key);
        if (row === undefined) rows.set(key, { labels: record(labels), growth });
        else row.growth += growth;
      }
    }
    this.#values = values;
    this.#at = now;
    if (last === undefined) return undefined;
    const top = [...rows.values()].sort((a, b) => b.growth - a.growth).slice(0, shownRows);
    return {
      id,
      total: total / seconds,
      rows: top.map(({ labels, growth }): LiveRow => ({ labels, rate: growth / seconds })),
    };
  }
}

/** Remembers the buckets of one histogram, of all its series together. */
export class HeatmapGrowth {
  readonly #spec: HeatmapSpec;
  #counts: readonly number[] | undefined;

  constructor(spec: HeatmapSpec) {
    this.#spec = spec;
  }

  /** @returns undefined at the first reading */
  read({ samples }: Family): LiveHeatmap | undefined {
    if (samples.kind !== 'histogram') return undefined;
    const { id } = this.#spec;
    const counts = bucketSums(samples);
    const last = this.#counts;
    this.#counts = counts;
    if (last?.length !== counts.length) return undefined;
    const grown = counts.map((count, bucket) => Math.max(0, count - last[bucket]!));
    return { id, bounds: samples.bounds, counts: grown };
  }
}

function* scalars({ series, values, per }: ScalarSamples): Generator<[text: string, value: number]> {
  const { arena, starts, lengths, order } = series;
  for (const one of order) {
    const start = starts[one]!;
    yield [arena.toString('utf8', start, start + lengths[one]!), values[one]! / per];
  }
}

function bucketSums({ series, values, width, bounds }: HistogramSamples): number[] {
  const sums = new Array<number>(bounds.length + 1).fill(0);
  for (const one of series.order) {
    for (let bucket = 0; bucket < sums.length; bucket++) sums[bucket]! += values[one * width + bucket]!;
  }
  return sums;
}

/** Without a prototype: a label may have any name. */
function record(labels: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.assign(Object.create(null), Object.fromEntries(labels)) as Record<string, string>;
}
