import { describe, expect, it } from 'vitest';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

const decode = (key: Buffer) => [`n${key.readUInt32LE(0)}`, 'y'];

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
