import { describe, expect, it } from 'vitest';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

const decode = (key: Buffer) => [String(key.readUInt32LE(0) % 10)];
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

  it('sums signed numbers of all CPUs', async () => {
    const map = new FakeMap({ type: 'percpu_hash', cpus: 2 });
    map.set(u32(1), [u64(-9), u64(4)]);
    const collection = new Collection([bindingOf({ type: 'gauge', read })], [map]);
    expect(await collection.values()).toEqual({ events: -5 });
  });

  it('scales units on the way out, without the noise of binary fractions', async () => {
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
});
