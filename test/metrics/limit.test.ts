import { describe, expect, it } from 'vitest';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

const named = (key: Buffer) => [`n${key.readUInt32LE(0)}`];
const decode = (key: Buffer) => [`n${key.readUInt32LE(0)}`, 'y'];

/** Counts one event of each key, and scrapes. */
async function round(map: FakeMap, collection: Collection, counts: Map<number, number>, keys: number[]) {
  for (const key of keys) {
    const count = (map.has(u32(key)) ? (counts.get(key) ?? 0) : 0) + 1;
    counts.set(key, count);
    map.set(u32(key), u64(count));
  }
  collection.now += 15_000;
  return await collection.values();
}

function names(samples: Record<string, number>): string[] {
  return Object.keys(samples).map((series) => /a="(.*)"/.exec(series)![1]!);
}

describe('a metric at its limit', () => {
  it('lets go of the series that have not changed for longest; `other` gets nothing that was shown', async () => {
    const map = new FakeMap();
    const collection = new Collection([bindingOf({ labels: ['a'], decode: named, limit: 3 })], [map]);
    const counts = new Map<number, number>();
    for (const key of [1, 2, 3]) await round(map, collection, counts, [key]);
    await round(map, collection, counts, [1]);
    expect(await round(map, collection, counts, [4])).toEqual({
      'events_total a="n1"': 2,
      'events_total a="n3"': 1,
      'events_total a="n4"': 1,
    });
    expect(await round(map, collection, counts, [2])).toEqual({
      'events_total a="n1"': 2,
      'events_total a="n2"': 1,
      'events_total a="n4"': 1,
    });
    expect(collection.metrics.counts.metrics[0]!.dropped).toBe(0);
  });

  it('counts in `other` what a series counted in the scrape in which it vanishes', async () => {
    const map = new FakeMap();
    const collection = new Collection([bindingOf({ labels: ['a'], decode: named, limit: 4 })], [map]);
    const counts = new Map<number, number>();
    await round(map, collection, counts, [1, 2, 3]);
    await round(map, collection, counts, [4]);
    const samples = await round(map, collection, counts, [1, 2, 3, 4, 5]);
    expect(samples).toEqual({
      'events_total a="n1"': 2,
      'events_total a="n2"': 2,
      'events_total a="n3"': 2,
      'events_total a="n5"': 1,
      'events_total a="other"': 1,
    });
  });

  it('counts in `other` what an entry counted after its series vanished and before it left the map', async () => {
    const map = new FakeMap();
    const collection = new Collection([bindingOf({ labels: ['a'], decode: named, limit: 1 })], [map]);
    const counts = new Map<number, number>();
    await round(map, collection, counts, [1]);
    map.beforeTake = (key) => map.set(key, u64(5));
    expect(await round(map, collection, counts, [2])).toEqual({
      'events_total a="n2"': 1,
      'events_total a="other"': 4,
    });
  });

  it('names newcomers although all other series change at every scrape, and keeps three quarters of those', async () => {
    const map = new FakeMap();
    const collection = new Collection([bindingOf({ labels: ['a'], decode: named, limit: 8 })], [map]);
    const counts = new Map<number, number>();
    const busy = [1, 2, 3, 4, 5, 6];
    await round(map, collection, counts, busy);
    for (let newcomer = 100; newcomer < 120; newcomer += 2) {
      const shown = names(await round(map, collection, counts, [...busy, newcomer, newcomer + 1]));
      expect(shown).toEqual(expect.arrayContaining([...busy, newcomer, newcomer + 1].map((key) => `n${key}`)));
    }
  });

  it('removes the entries that have no series, so that they have to be added again', async () => {
    const map = new FakeMap();
    const collection = new Collection([bindingOf({ labels: ['a'], decode: named, limit: 2 })], [map]);
    await round(map, collection, new Map(), [1, 2, 3, 4, 5]);
    expect([1, 2, 3, 4, 5].filter((key) => map.has(u32(key)))).toHaveLength(2);
  });

  it('counts samples: a histogram of three buckets and a sum is five', async () => {
    const field = { buckets: { offset: 8, count: 3, size: 8 }, sum: { offset: 0, size: 8, signed: false } } as const;
    const map = new FakeMap({ valueSize: 32 });
    const read = { kind: 'histogram', field } as const;
    const collection = new Collection([bindingOf({ labels: ['a'], decode: named, read, limit: 14 })], [map]);
    for (const key of [1, 2, 3]) map.set(u32(key), u64(1, 1, 0, 0));
    const lines = Object.keys(await collection.values());
    expect(lines.filter((line) => !line.includes('other'))).toHaveLength(10);
    expect(collection.metrics.counts).toMatchObject({ series: 15, metrics: [{ series: 15 }] });
    expect(lines).toHaveLength(15);
  });
});

describe('the limit of series', () => {
  it('sums new label sets into `other`, counts them, and leaves the other series alone', async () => {
    const map = new FakeMap();
    const binding = bindingOf({ labels: ['a', 'fixed=x', 'b'], decode, limit: 2 });
    const collection = new Collection([binding], [map]);
    map.set(u32(1), u64(1));
    map.set(u32(2), u64(2));
    await collection.collect();
    map.set(u32(3), u64(30));
    map.set(u32(4), u64(400));
    const expected = {
      'events_total a="n1" fixed="x" b="y"': 1,
      'events_total a="n2" fixed="x" b="y"': 2,
      'events_total a="other" fixed="x" b="other"': 430,
    };
    expect(await collection.values()).toEqual(expected);
    expect(await collection.values()).toEqual(expected);
    expect(collection.metrics.counts).toMatchObject({ series: 3, metrics: [{ series: 3, dropped: 2 }] });
    map.delete(u32(3));
    map.set(u32(1), u64(11));
    expect(await collection.values()).toEqual({ ...expected, 'events_total a="n1" fixed="x" b="y"': 11 });
  });

  it('lets a new label set take the place of a gauge series that ended', async () => {
    const map = new FakeMap();
    const collection = new Collection([bindingOf({ type: 'gauge', labels: ['a'], decode, limit: 1 })], [map]);
    map.set(u32(1), u64(1));
    map.set(u32(2), u64(2));
    expect(await collection.values()).toEqual({ 'events a="n1"': 1, 'events a="other"': 2 });
    map.delete(u32(1));
    map.delete(u32(2));
    expect(await collection.values()).toEqual({});
    map.set(u32(3), u64(3));
    expect(await collection.values()).toEqual({ 'events a="n3"': 3 });
  });

  it('does not count a metric without labels', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(1));
    map.set(u32(2), u64(2));
    const collection = new Collection([bindingOf({ limit: 1 })], [map]);
    expect(await collection.values()).toEqual({ events_total: 3 });
    expect(collection.metrics.counts.metrics[0]).toMatchObject({ series: 1, dropped: 0 });
  });
});
