import type { Family } from '../metrics/family.js';
import type { Pacer } from '../metrics/pacer.js';
import type { LiveDigest } from './digest.js';
import { HeatmapGrowth, PanelGrowth } from './growth.js';
import { HEATMAPS, PANELS } from './panels.js';

/** After this time without a reading nobody looks: what is remembered is let go. */
const idleMilliseconds = 60_000;

export interface LiveSurroundings {
  /** Milliseconds, never going back. */
  now(): number;
  /** Online CPUs. */
  cpus(): number;
  readonly pacer: Pacer;
}

/** What the host does now: how much the counters of some probes grow from one reading to the next. Remembers nothing while nobody reads. */
export class LiveView {
  readonly #surroundings: LiveSurroundings;
  #panels = new Map<string, PanelGrowth>();
  #heatmaps = new Map<string, HeatmapGrowth>();
  #last: number | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(surroundings: LiveSurroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * One reading, as JSON.
   * @param families of all probes that were read; they must not change meanwhile
   * @param prefix of their names
   */
  async *render(families: readonly Family[], prefix: string): AsyncGenerator<Buffer, void, Buffer | undefined> {
    yield Buffer.from(JSON.stringify(await this.read(families, prefix)));
  }

  /** One reading; parameters as of `render`. */
  async read(families: readonly Family[], prefix: string): Promise<LiveDigest> {
    const now = this.#surroundings.now();
    const seconds = this.#last === undefined ? undefined : (now - this.#last) / 1000;
    this.#last = now;
    this.#letGoLater();
    const named = byName(families);
    const of = (metric: string) => named.get(`${prefix}${metric}`) ?? [];
    const panels: LiveDigest['panels'][number][] = [];
    for (const spec of PANELS) {
      const own = spec.metrics.flatMap(of);
      if (own.length === 0) continue;
      const growth = entryOf(this.#panels, spec.id, () => new PanelGrowth(spec));
      const panel = await growth.read(own, now, this.#surroundings.pacer);
      if (panel) panels.push(panel);
    }
    const heatmaps = HEATMAPS.flatMap((spec) => {
      const [own] = of(spec.metric);
      if (own === undefined) return [];
      return entryOf(this.#heatmaps, spec.id, () => new HeatmapGrowth(spec)).read(own) ?? [];
    });
    return { at: Date.now() / 1000, seconds: seconds ?? null, cpus: this.#surroundings.cpus(), panels, heatmaps };
  }

  #letGoLater(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#panels = new Map();
      this.#heatmaps = new Map();
      this.#last = undefined;
    }, idleMilliseconds).unref();
  }
}

function byName(families: readonly Family[]): Map<string, Family[]> {
  const named = new Map<string, Family[]>();
  for (const family of families) named.set(family.name, [...(named.get(family.name) ?? []), family]);
  return named;
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
