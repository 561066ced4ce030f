import { describe, expect, it } from 'vitest';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { type BindingOptions, bindingOf } from '../harness/metric_binding.js';

const decode = (key: Buffer) => [`n${key.readUInt32LE(0)}`];

/** A map that remembers how many new entries it may get. */
class LimitedMap extends FakeMap {
  places: number[] = [];
  limitNewEntries = (count: number) => void this.places.push(count);
}

async function placesAfter(map: LimitedMap, options: BindingOptions, keys: number): Promise<number> {
  const collection = new Collection([bindingOf({ labels: ['a'], decode, ...options })], [map]);
  for (let key = 0; key < keys; key++) map.set(u32(key), u64(1));
  await collection.collect();
  return map.places.at(-1)!;
}

describe('the places for new entries', () => {
  it('are those of the map', async () => {
    expect(await placesAfter(new LimitedMap({ maxEntries: 100 }), {}, 30)).toBe(70);
  });

  it('are those of the map after evictions', async () => {
    expect(await placesAfter(new LimitedMap({ maxEntries: 100 }), {}, 90)).toBe(50);
  });

  it('are no more than the metric has series for', async () => {
    expect(await placesAfter(new LimitedMap({ maxEntries: 4096 }), { limit: 1000 }, 300)).toBe(700);
  });

  it('are at least a quarter of the series, whatever changes', async () => {
    expect(await placesAfter(new LimitedMap({ maxEntries: 4096 }), { limit: 1000 }, 1000)).toBe(250);
  });

  it('are never fewer than 64, unless the map has not as many', async () => {
    expect(await placesAfter(new LimitedMap({ maxEntries: 4096 }), { limit: 20 }, 20)).toBe(64);
    expect(await placesAfter(new LimitedMap({ maxEntries: 40 }), { limit: 20 }, 10)).toBe(30);
  });

  it('count a series again when it has not changed for a minute', async () => {
    const map = new LimitedMap({ maxEntries: 4096 });
    const collection = new Collection([bindingOf({ labels: ['a'], decode, limit: 1000 })], [map]);
    for (let key = 0; key < 300; key++) map.set(u32(key), u64(1));
    await collection.collect();
    collection.now += 59_000;
    await collection.collect();
    collection.now += 1000;
    await collection.collect();
    expect(map.places).toEqual([700, 700, 1000]);
  });

  it('have no limit if the metric has one series or is a gauge', async () => {
    expect(await placesAfter(new LimitedMap({ maxEntries: 100 }), { labels: [], limit: 1 }, 10)).toBe(90);
    expect(await placesAfter(new LimitedMap({ maxEntries: 100 }), { type: 'gauge', limit: 1 }, 10)).toBe(90);
  });

  it('are not limited in a map that an iterator fills', async () => {
    const map = new LimitedMap();
    map.isRefilled = true;
    await placesAfter(map, {}, 10);
    expect(map.places).toEqual([]);
  });
});
