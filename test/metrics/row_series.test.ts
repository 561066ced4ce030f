import { describe, expect, it } from 'vitest';
import type { MetricValue } from '../../src/decode/metric_value.js';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

describe('entries whose labels cannot be decoded or are dropped', () => {
  it('are skipped one by one, and counted once', async () => {
    const map = new FakeMap();
    for (const index of [0, 1, 2]) map.set(u32(index), u64(1 + index));
    const decode = (key: Buffer) => {
      if (key.readUInt32LE(0) === 1) throw new Error('no such thing');
      return [`n${key.readUInt32LE(0)}`];
    };
    const drop = (key: Buffer) => (key.readUInt32LE(0) === 0 ? undefined : ['kept']);
    const bindings = [
      bindingOf({ labels: ['a'], decode }),
      bindingOf({ name: 'kept_total', labels: ['a'], decode: drop }),
    ];
    const collection = new Collection(bindings, [map]);
    for (let scrape = 0; scrape < 3; scrape++) {
      expect(await collection.values()).toEqual({
        'events_total a="n0"': 1,
        'events_total a="n2"': 3,
        'kept_total a="kept"': 5,
      });
    }
    expect(collection.metrics.counts.metrics.map((metric) => metric.decodeErrors)).toEqual([1, 0]);
    map.delete(u32(1));
    await collection.values();
    map.set(u32(1), u64(1));
    await collection.values();
    expect(collection.metrics.counts.metrics.map((metric) => metric.decodeErrors)).toEqual([2, 0]);
  });
});

describe('labels in the value', () => {
  const decode = (_key: Buffer, value: Buffer | undefined) => {
    const state = value!.readUInt32LE(8);
    if (state === 9) throw new Error('no such state');
    return state === 8 ? undefined : [`s${state}`];
  };
  const entry = (count: number, state: number) => Buffer.concat([u64(count), u32(state)]);
  const options = { labels: ['state'], decode, usesValue: true };

  it('move a row: what it counts from then on goes to the new series', async () => {
    const map = new FakeMap({ valueSize: 12 });
    const collection = new Collection([bindingOf(options)], [map]);
    map.set(u32(1), entry(5, 1));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5 });
    map.set(u32(1), entry(8, 2));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5, 'events_total state="s2"': 3 });
    map.set(u32(1), entry(1, 2));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5, 'events_total state="s2"': 4 });
    map.delete(u32(1));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5, 'events_total state="s2"': 4 });
  });

  it('move a gauge as it is', async () => {
    const map = new FakeMap({ valueSize: 12 });
    const collection = new Collection([bindingOf({ ...options, type: 'gauge' })], [map]);
    map.set(u32(1), entry(5, 1));
    await collection.values();
    map.set(u32(1), entry(8, 2));
    expect(await collection.values()).toEqual({ 'events state="s2"': 8 });
  });

  it('are counted once as an error while they cannot be decoded', async () => {
    const map = new FakeMap({ valueSize: 12 });
    const collection = new Collection([bindingOf(options)], [map]);
    map.set(u32(1), entry(5, 1));
    await collection.values();
    map.set(u32(1), entry(6, 9));
    await collection.values();
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5 });
    expect(collection.metrics.counts.metrics[0]!.decodeErrors).toBe(1);
    map.set(u32(1), entry(6, 8));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5 });
    map.set(u32(1), entry(7, 2));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 5, 'events_total state="s2"': 2 });
    map.set(u32(1), entry(8, 9));
    await collection.values();
    map.delete(u32(1));
    await collection.values();
    map.set(u32(1), entry(1, 1));
    expect(await collection.values()).toEqual({ 'events_total state="s1"': 6, 'events_total state="s2"': 2 });
  });

  it('are decoded in arrays only when the value is above zero', async () => {
    const map = new FakeMap({ type: 'array', valueSize: 12 });
    map.set(u32(0), entry(0, 0));
    map.set(u32(1), entry(0, 3));
    expect(await new Collection([bindingOf(options)], [map]).values()).toEqual({ 'events_total state="s3"': 0 });
  });

  const count = { offset: 0, size: 4, signed: false } as const;
  it.each<[string, MetricValue]>([
    ['struct', { kind: 'histogram', field: { buckets: { offset: 0, count: 2, size: 4 } } }],
    ['bucket', { kind: 'slot', slot: { offset: 3, size: 1, signed: false }, count }],
  ])('leave out of a histogram what its %s counts while they cannot be decoded', async (_, read) => {
    const map = new FakeMap({ valueSize: 12 });
    const buckets = { kind: 'exp2', max: 1 } as const;
    const collection = new Collection([bindingOf({ ...options, read, buckets })], [map]);
    const shown: Record<string, number>[] = [];
    for (const [number, state] of [
      [5, 1],
      [6, 9],
      [8, 2],
    ] as const) {
      map.set(u32(1), u32(number, 0, state));
      shown.push(await collection.values());
    }
    const series = (state: string, events: number) => ({
      [`events_bucket state="${state}" le="1.0"`]: events,
      [`events_bucket state="${state}" le="+Inf"`]: events,
      [`events_count state="${state}"`]: events,
    });
    expect(shown).toEqual([series('s1', 5), series('s1', 5), { ...series('s1', 5), ...series('s2', 3) }]);
  });
});
