import { describe, expect, it } from 'vitest';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

const decode = (key: Buffer) => [String(key.readUInt32LE(0) % 10)];
const second = { offset: 8, size: 8, signed: false } as const;
const read = { kind: 'number', field: { offset: 0, size: 8, signed: true } } as const;

describe('gauges', () => {
  it('goes down, below zero, and vanishes with its last entry', async () => {
    const map = new FakeMap();
    const binding = bindingOf({ type: 'gauge', labels: ['a'], decode, read });
    const collection = new Collection([binding], [map]);
    map.set(u32(1), u64(5));
    map.set(u32(11), u64(7));
    map.set(u32(2), u64(3));
    expect(await collection.values()).toEqual({ 'events a="1"': 12, 'events a="2"': 3 });
    map.set(u32(1), u64(-6));
    map.delete(u32(2));
    expect(await collection.values()).toEqual({ 'events a="1"': 1 });
    map.delete(u32(11));
    expect(await collection.values()).toEqual({ 'events a="1"': -6 });
    map.delete(u32(1));
    expect(await collection.scrape()).toBe('');
    map.set(u32(2), u64(4));
    expect(await collection.values()).toEqual({ 'events a="2"': 4 });
  });

  it('stays while any of its entries does, however many series there are', async () => {
    const map = new FakeMap();
    const sameLabel = (key: Buffer) => [String(key.readUInt32LE(0) % 100)];
    const collection = new Collection([bindingOf({ type: 'gauge', labels: ['a'], decode: sameLabel, read })], [map]);
    const keys = Array.from({ length: 40 }, (_, index) => index);
    for (const key of keys) {
      map.set(u32(key), u64(1));
      map.set(u32(100 + key), u64(2));
      await collection.collect();
    }
    for (const key of keys) map.delete(u32(key));
    const expected = Object.fromEntries(keys.map((key) => [`events a="${key}"`, 2]));
    expect(await collection.values()).toEqual(expected);
    for (const key of keys) map.delete(u32(100 + key));
    expect(await collection.values()).toEqual({});
  });

  it('sums signed numbers of all CPUs', async () => {
    const map = new FakeMap({ type: 'percpu_hash', cpus: 2 });
    map.set(u32(1), [u64(-9), u64(4)]);
    const collection = new Collection([bindingOf({ type: 'gauge', read })], [map]);
    expect(await collection.values()).toEqual({ events: -5 });
  });

  it.each([
    ['the average of the values that CPUs counted', { kind: 'average', count: second }, 20],
    ['the largest value of a CPU', { kind: 'max' }, 90],
    ['the value that was written last', { kind: 'last', writtenAt: second }, 10],
  ] as const)('is %s, also in the series of what found the map full', async (_, combine, expected) => {
    const map = new FakeMap({ type: 'percpu_hash', valueSize: 16, cpus: 3 });
    map.set(u32(1), [u64(90, 1), u64(10, 4), u64(0, 0)]);
    const full = new FakeMap({ name: 'events_other', type: 'percpu_array', maxEntries: 1, valueSize: 24, cpus: 3 });
    full.set(u32(0), [u64(90, 1, 1), u64(10, 4, 4), u64(0, 0, 0)]);
    const value = { ...read, combine };
    const other = { map: 'events_other', value, lost: { offset: 16, size: 8, signed: false } } as const;
    const binding = bindingOf({ type: 'gauge', labels: ['a'], decode, read: value, other });
    const collection = new Collection([binding], [map, full]);
    expect(await collection.values()).toEqual({ 'events a="1"': expected, 'events a="other"': expected });
    map.set(u32(1), [u64(0, 0), u64(0, 0), u64(0, 0)]);
    expect((await collection.values())['events a="1"']).toBe(0);
  });

  it('scales to base units without rounding noise', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(300_000_000));
    map.set(u32(2), u64(1));
    const seconds = bindingOf({ name: 'age_seconds', type: 'gauge', unit: 'ns', labels: ['a'], decode });
    const bytes = bindingOf({ name: 'size_bytes', type: 'gauge', unit: 'kib', labels: ['a'], decode });
    const collection = new Collection([seconds, bytes], [map]);
    expect(await collection.values()).toEqual({
      'age_seconds a="1"': 0.3,
      'age_seconds a="2"': 1e-9,
      'size_bytes a="1"': 300_000_000 * 1024,
      'size_bytes a="2"': 1024,
    });
    expect(map.reads).toBe(1);
  });

  it('of a refilled map shows in `other` what is over the capacity now, and counts all lost updates', async () => {
    const map = new FakeMap({ type: 'percpu_hash' });
    const companion = new FakeMap({ name: 'events_other', type: 'percpu_array', valueSize: 16, maxEntries: 1 });
    map.isRefilled = true;
    const field = { offset: 0, size: 8, signed: false } as const;
    const other = { map: companion.name, value: { kind: 'number', field }, lost: { ...field, offset: 8 } } as const;
    const gauge = bindingOf({ type: 'gauge', labels: ['a'], decode, other });
    const collection = new Collection([gauge], [map, companion]);
    const fill = async (own: number, overflow: number, lost: number) => {
      map.set(u32(1), u64(own));
      companion.set(u32(0), Buffer.concat([u64(overflow), u64(lost)]));
      const values = await collection.values();
      return [values, collection.metrics.counts.maps[0]!.lost];
    };
    expect(await fill(5, 0, 0)).toEqual([{ 'events a="1"': 5 }, 0]);
    expect(await fill(6, 30, 2)).toEqual([{ 'events a="1"': 6, 'events a="other"': 30 }, 2]);
    expect(await fill(6, 20, 2)).toEqual([{ 'events a="1"': 6, 'events a="other"': 20 }, 4]);
    map.delete(u32(1));
    companion.set(u32(0), Buffer.concat([u64(0), u64(0)]));
    expect(await collection.values()).toEqual({ 'events a="other"': 0 });
    expect(collection.metrics.counts.maps[0]!.lost).toBe(4);
  });

  it('are hidden when the refresh fails', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(5));
    let fails = true;
    const collection = new Collection([bindingOf({ type: 'gauge' })], [map], '', async () => {
      if (fails) throw new Error('no');
    });
    await expect(collection.values()).rejects.toThrow('no');
    expect(await collection.show()).toBe('');
    expect(map.reads).toBe(0);
    fails = false;
    expect(await collection.values()).toEqual({ events: 5 });
  });
});
