import { describe, expect, it } from 'vitest';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

const decode = (key: Buffer) => [`n${key.readUInt32LE(0)}`];
const expiring = (expireMs: number, name = 'events_total') => bindingOf({ name, labels: ['a'], decode, expireMs });

describe('expiry', () => {
  it('removes entries that have not changed for the time, and their series', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(10));
    map.set(u32(2), u64(20));
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    collection.now = 600;
    map.set(u32(2), u64(21));
    await collection.values();
    collection.now = 1000;
    await collection.values();
    expect([map.has(u32(1)), map.has(u32(2))]).toEqual([false, true]);
    expect(await collection.values()).toEqual({ 'events_total a="n2"': 21 });
    collection.now = 1599;
    await collection.values();
    expect(map.has(u32(2))).toBe(true);
    collection.now = 1600;
    await collection.values();
    expect(await collection.values()).toEqual({});
  });

  it('keeps what was counted between the scrape and the removal, and the series with it', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(10));
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    collection.now = 1000;
    map.beforeTake = (key) => map.set(key, u64(13));
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 13 });
    expect(map.has(u32(1))).toBe(false);
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 13 });
    // The key is back: it counts from zero, in the row it had or in another.
    map.set(u32(1), u64(2));
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 15 });
  });

  it('adds what an entry counts that comes back before the next scrape', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(10));
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    collection.now = 1000;
    await collection.values();
    map.set(u32(1), u64(50));
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 60 });
  });

  it('bears that the entry is gone already', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(10));
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    collection.now = 1000;
    map.beforeTake = (key) => map.delete(key);
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 10 });
    expect(await collection.values()).toEqual({});
  });

  it('waits for the most patient metric of the map; those that do not expire keep their series', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(10));
    const forever = bindingOf({ name: 'forever_total', labels: ['a'], decode });
    const collection = new Collection([expiring(1000, 'soon_total'), expiring(2000, 'late_total'), forever], [map]);
    await collection.values();
    collection.now = 1999;
    await collection.values();
    expect(map.has(u32(1))).toBe(true);
    collection.now = 2000;
    await collection.values();
    expect(map.has(u32(1))).toBe(false);
    expect(await collection.values()).toEqual({ 'forever_total a="n1"': 10 });
  });

  it('expires series whose entries the kernel evicted', async () => {
    const map = new FakeMap({ type: 'lru_hash' });
    map.set(u32(1), u64(10));
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    map.delete(u32(1));
    collection.now = 999;
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 10 });
    collection.now = 1000;
    expect(await collection.values()).toEqual({});
  });

  it('shows the numbers although an entry cannot be removed', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(10));
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    collection.now = 1000;
    map.beforeTake = () => {
      throw new Error('EPERM');
    };
    await expect(collection.collect()).rejects.toThrow('EPERM');
    expect(await collection.show()).toContain('events_total{a="n1"} 10');
  });

  it('notices a change in any part of the value', async () => {
    const map = new FakeMap({ valueSize: 13 });
    const value = Buffer.alloc(13);
    map.set(u32(1), value);
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    for (let byte = 0; byte < 13; byte++) {
      collection.now += 999;
      value[byte] = 1;
      map.set(u32(1), value);
      await collection.values();
    }
    expect(map.has(u32(1))).toBe(true);
  });
});
