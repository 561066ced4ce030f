import { describe, expect, it } from 'vitest';
import type { MetricBinding } from '../../src/decode/metric_binding.js';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { type BindingOptions, bindingOf, wholeValue } from '../harness/metric_binding.js';
import { ModelScraper } from '../harness/model_scraper.js';
import { randomNumbers } from '../harness/random.js';

const histogram = {
  kind: 'histogram',
  field: {
    buckets: { offset: 8, count: 3, size: 8 },
    sum: { offset: 0, size: 8, signed: false },
  },
} as const;
const slot = {
  kind: 'slot',
  slot: { offset: 4, size: 4, signed: false },
  count: { offset: 0, size: 8, signed: false },
} as const;
const lost = (offset: number) => ({ offset, size: 8, signed: false }) as const;

interface SimulationOptions extends BindingOptions {
  maxEntries: number;
  keySize?: number;
  /** 64-bit numbers of a value. */
  words: number;
  /** Entries cannot be removed, and all exist from the start. */
  isArray?: boolean;
}

/** Programs that count random events in a map with an overflow companion, and a scraper that never stops. */
class Simulation {
  readonly map: FakeMap;
  readonly companion: FakeMap;
  readonly collection: Collection;
  readonly scraper = new ModelScraper();
  events = 0;
  readonly #random: (below: number) => number;
  readonly #words: number;
  readonly #counts = new Map<string, number[]>();
  readonly #other: number[];

  constructor(seed: number, options: SimulationOptions) {
    const { maxEntries, keySize = 4, words, isArray = false, ...spec } = options;
    this.#random = randomNumbers(seed);
    this.#words = words;
    this.#other = new Array<number>(words + 1).fill(0);
    this.map = new FakeMap({ type: isArray ? 'array' : 'hash', maxEntries, keySize, valueSize: 8 * words });
    for (let key = 0; isArray && key < maxEntries; key++) {
      this.#counts.set(u32(key).toString('hex'), [0]);
      this.map.set(u32(key), u64(0));
    }
    this.companion = new FakeMap({ name: 'events_other', type: 'array', maxEntries: 1, valueSize: 8 * (words + 1) });
    this.companion.set(u32(0), u64(...this.#other));
    const binding: MetricBinding = bindingOf({ labels: ['a'], decode: (key) => [`n${key.readUInt32LE(0)}`], ...spec });
    this.collection = new Collection([binding], [this.map, this.companion]);
    this.map.beforeTake = (key) => {
      // Programs do not stop while an entry is evicted.
      if (this.#random(3) === 0) this.#count(key);
      this.#counts.delete(key.toString('hex'));
    };
  }

  /** Counts `events` events of up to `names` label sets. */
  run(events: number, names: number): void {
    for (let event = 0; event < events; event++) {
      const name = this.#random(names);
      this.#count(this.map.keySize === 4 ? u32(name) : u32(name, this.#random(3)));
    }
  }

  /** The kernel removes an entry that the last scrape read, as an LRU map does. */
  lose(): void {
    const key = [...this.#counts.keys()][this.#random(this.#counts.size)];
    if (key === undefined || this.map.type === 'array') return;
    this.#counts.delete(key);
    this.map.delete(Buffer.from(key, 'hex'));
  }

  /** @param prefix of the lines that count events */
  async scrape(prefix: string): Promise<void> {
    this.collection.now += 1 + this.#random(30_000);
    const lines = (await this.collection.scrape()).split('\n').filter((line) => line.startsWith(prefix));
    this.scraper.scrape(
      Object.fromEntries(lines.map((line) => line.split(' ')).map(([name, value]) => [name, Number(value)])),
    );
  }

  #count(key: Buffer): void {
    this.events++;
    const known = this.#counts.get(key.toString('hex'));
    const isFull = !known && this.#counts.size >= this.map.maxEntries;
    const counts = isFull ? this.#other : (known ?? new Array<number>(this.#words).fill(0));
    counts[this.#words === 1 ? 0 : 1 + this.#random(this.#words - 1)]! += 1;
    if (isFull) {
      this.#other[this.#words]! += 1;
      this.companion.set(u32(0), u64(...this.#other));
      return;
    }
    this.#counts.set(key.toString('hex'), counts);
    this.map.set(key, u64(...counts));
  }
}

const shapes: Record<string, { options: SimulationOptions; prefix: string }> = {
  'a counter at its limit': { options: { limit: 20, maxEntries: 4096, words: 1 }, prefix: 'events_total{' },
  'a counter of an array at its limit': {
    options: { limit: 20, maxEntries: 100, words: 1, isArray: true },
    prefix: 'events_total{',
  },
  'a counter of a map that fills': { options: { limit: 1000, maxEntries: 24, words: 1 }, prefix: 'events_total{' },
  'a counter of both, with an idle time': {
    options: { limit: 20, maxEntries: 32, words: 1, expireMs: 40_000 },
    prefix: 'events_total{',
  },
  'a histogram at its limit': {
    options: { limit: 60, maxEntries: 4096, words: 4, read: histogram },
    prefix: 'events_count{',
  },
  'a histogram whose slots are in the key': {
    options: {
      limit: 700,
      maxEntries: 64,
      words: 1,
      keySize: 8,
      read: slot,
      buckets: { kind: 'exp2' },
    },
    prefix: 'events_count{',
  },
};

describe('the sum of all increases that a scraper sees equals the events', () => {
  for (const [title, { options, prefix }] of Object.entries(shapes)) {
    it.each([1, 2, 3, 4, 5])(`${title}, seed %i`, async (seed) => {
      const value = options.read ?? wholeValue;
      const other = {
        map: 'events_other',
        value: value.kind === 'slot' ? ({ kind: 'count', count: value.count } as const) : value,
        lost: lost(8 * options.words),
      } as NonNullable<BindingOptions['other']>;
      const simulation = new Simulation(seed, { ...options, other });
      const random = randomNumbers(seed + 100);
      const seen = new Set<string>();
      for (let scrape = 0; scrape < 60; scrape++) {
        simulation.run(random(200), 1 + random(100));
        if (random(4) === 0) {
          await simulation.scrape(prefix);
          for (let lost = random(5); lost > 0; lost--) simulation.lose();
        }
        await simulation.scrape(prefix);
        for (const series of simulation.scraper.series) seen.add(series);
        // Events during the evictions of a scrape are shown by it.
        expect(simulation.scraper.total).toBe(simulation.events);
      }
      const samplesOfOther = value.kind === 'number' ? 1 : value.kind === 'histogram' ? 5 : 67;
      expect(simulation.collection.metrics.counts.series).toBeLessThanOrEqual(options.limit! + samplesOfOther);
      // Most names had a series at some time, although few have one at once.
      expect(seen.size).toBeGreaterThan(60);
    });
  }
});
