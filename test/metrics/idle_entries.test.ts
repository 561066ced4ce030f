import { describe, expect, it } from 'vitest';
import type { MetricValue } from '../../src/decode/metric_value.js';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

const decode = (key: Buffer) => [`n${key.readUInt32LE(0)}`];
const expiring = (expireMs: number, name = 'events_total') => bindingOf({ name, labels: ['a'], decode, expireMs });

describe('idle entries', () => {
  it('are removed with their series when they have not changed for the idle time', async () => {
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

  it('keep what they counted between the scrape and their removal, and their series with it', async () => {
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

  it('add what they count if they return before the next scrape', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(10));
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    collection.now = 1000;
    await collection.values();
    map.set(u32(1), u64(50));
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 60 });
  });

  it('stay in a map that an iterator clears and fills', async () => {
    const map = new FakeMap();
    map.isRefilled = true;
    map.set(u32(1), u64(10));
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    collection.now = 5000;
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 10 });
    expect(map.has(u32(1))).toBe(true);
  });

  it('may be gone already', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(10));
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    collection.now = 1000;
    map.beforeTake = (key) => map.delete(key);
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 10 });
    expect(await collection.values()).toEqual({});
  });

  it('stay as long as the metric with the longest idle time needs them; metrics without one keep their series', async () => {
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

  it('lose their series although the kernel evicted them first', async () => {
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

  it('are shown although they cannot be removed', async () => {
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

  it('are not idle if any byte of the value changes', async () => {
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
    collection.now += 999;
    await collection.values();
    expect(map.has(u32(1))).toBe(true);
  });

  it.each([7, 8, 9])('are idle although the entry behind them changes: %d bytes', async (valueSize) => {
    const map = new FakeMap({ valueSize });
    const read = { kind: 'number', field: { offset: 0, size: 4, signed: false } } as const;
    const collection = new Collection([bindingOf({ labels: ['a'], decode, expireMs: 1000, read })], [map]);
    map.set(u32(1), Buffer.alloc(valueSize));
    for (const now of [0, 500, 1000]) {
      map.set(u32(2), Buffer.alloc(valueSize, 1 + now / 500));
      collection.now = now;
      await collection.values();
    }
    expect([map.has(u32(1)), map.has(u32(2))]).toEqual([false, true]);
  });

  const number = { offset: 8, size: 8, signed: false } as const;
  it.each<[string, MetricValue]>([
    ['a histogram', { kind: 'histogram', field: { sum: number, buckets: { offset: 0, count: 2, size: 4 } } }],
    [
      'a bucket',
      {
        kind: 'slot',
        slot: { offset: 3, size: 1, signed: false },
        count: { offset: 0, size: 4, signed: false },
        sum: number,
      },
    ],
  ])('that are %s keep what they counted between the scrape and their removal', async (_, value) => {
    const map = new FakeMap({ valueSize: 16 });
    const entry = (count: number, sum: number) => Buffer.concat([u32(count, 0), u64(sum)]);
    map.set(u32(1), entry(2, 20));
    const buckets = { kind: 'exp2', max: 1, ...(value.kind === 'slot' && { key: { field: 'slot' } }) } as const;
    const collection = new Collection(
      [bindingOf({ labels: ['a'], decode, expireMs: 1000, read: value, buckets })],
      [map],
    );
    await collection.values();
    collection.now = 1000;
    map.beforeTake = (key) => map.set(key, entry(5, 70));
    const expected = {
      'events_bucket a="n1" le="1.0"': 5,
      'events_bucket a="n1" le="+Inf"': 5,
      'events_sum a="n1"': 70,
      'events_count a="n1"': 5,
    };
    expect(await collection.values()).toEqual(expected);
    expect(map.has(u32(1))).toBe(false);
    expect(await collection.values()).toEqual(expected);
  });

  it('lose their series also if its labels are in the value, and read at every scrape', async () => {
    const map = new FakeMap({ valueSize: 12 });
    map.set(u32(1), Buffer.concat([u64(10), u32(3)]));
    const state = (_key: Buffer, value: Buffer | undefined) => [`s${value!.readUInt32LE(8)}`];
    const options = { labels: ['a'], decode: state, usesValue: true, expireMs: 1000 };
    const collection = new Collection([bindingOf(options)], [map]);
    for (const now of [0, 500, 1000]) {
      collection.now = now;
      expect(await collection.values()).toEqual({ 'events_total a="s3"': 10 });
    }
    expect(map.has(u32(1))).toBe(false);
    expect(await collection.values()).toEqual({});
  });

  it('are not looked for after the kernel evicted them', async () => {
    const map = new FakeMap({ type: 'lru_hash' });
    map.set(u32(1), u64(10));
    map.set(u32(2), u64(10));
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    const taken: number[] = [];
    map.beforeTake = (key) => taken.push(key.readUInt32LE(0));
    map.delete(u32(1));
    collection.now = 999;
    await collection.values();
    collection.now = 5000;
    await collection.values();
    expect(taken).toEqual([2]);
  });

  it('have an idle time of their own when they take the row of another', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(10));
    const collection = new Collection([expiring(1000)], [map]);
    await collection.values();
    map.delete(u32(1));
    collection.now = 500;
    await collection.values();
    map.set(u32(2), u64(10));
    collection.now = 600;
    await collection.values();
    collection.now = 1599;
    await collection.values();
    expect(map.has(u32(2))).toBe(true);
    collection.now = 1600;
    await collection.values();
    expect(map.has(u32(2))).toBe(false);
  });

  it('are found among many that come at different times', async () => {
    const map = new FakeMap();
    const collection = new Collection([expiring(1000)], [map]);
    for (let index = 0; index < 40; index++) {
      map.set(u32(index), u64(index));
      collection.now = 100 * index;
      await collection.values();
    }
    // After the last scrape, at 3900 ms, those of 2900 ms and before have been idle for a second.
    expect(Array.from({ length: 40 }, (_, index) => map.has(u32(index)))).toEqual(
      Array.from({ length: 40 }, (_, index) => index > 29),
    );
  });
});
