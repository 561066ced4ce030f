import { describe, expect, it } from 'vitest';
import type { MetricValue } from '../../src/decode/metric_value.js';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf, wholeValue } from '../harness/metric_binding.js';

const decode = (key: Buffer) => [`n${key.readUInt32LE(0)}`];

function array(entries: number, options: ConstructorParameters<typeof FakeMap>[0] = {}): FakeMap {
  const map = new FakeMap({ type: 'array', maxEntries: entries, ...options });
  for (let index = 0; index < entries; index++) map.set(u32(index), Buffer.alloc(map.valueSize));
  return map;
}

describe('the overflow companion', () => {
  const other = {
    map: 'events_other',
    value: wholeValue,
    lost: { offset: 8, size: 8, signed: false },
  } as const;

  it('is the series `other` from the first lost update on; constant labels keep their values', async () => {
    const map = new FakeMap();
    const companion = array(1, { name: 'events_other', type: 'percpu_array', valueSize: 16, cpus: 2 });
    map.set(u32(1), u64(10));
    const collection = new Collection([bindingOf({ labels: ['a', 'b=fixed'], decode, other })], [map, companion]);
    expect(await collection.values()).toEqual({ 'events_total a="n1" b="fixed"': 10 });
    companion.set(u32(0), [u64(5, 1), u64(6, 2)]);
    const shown = { 'events_total a="n1" b="fixed"': 10, 'events_total a="other" b="fixed"': 11 };
    expect(await collection.values()).toEqual(shown);
    expect(await collection.values()).toEqual(shown);
    expect(collection.metrics.counts.maps).toEqual([
      { name: 'events', type: 'hash', entries: 1, maxEntries: 1024, lost: 3 },
    ]);
  });

  it('shows the series even if only the loss was counted', async () => {
    const companion = array(1, { name: 'events_other', valueSize: 16 });
    companion.set(u32(0), u64(0, 1));
    const collection = new Collection([bindingOf({ labels: ['a'], decode, other })], [new FakeMap(), companion]);
    expect(await collection.values()).toEqual({ 'events_total a="other"': 0 });
  });

  it('is summed with rows over the limit and with entries whose labels are `other`', async () => {
    const map = new FakeMap();
    const companion = array(1, { name: 'events_other', valueSize: 16 });
    companion.set(u32(0), u64(1000, 1));
    map.set(u32(1), u64(1));
    map.set(u32(2), u64(20));
    map.set(u32(9), u64(300));
    const natural = (key: Buffer) => (key.readUInt32LE(0) === 9 ? ['other'] : decode(key));
    const binding = bindingOf({ labels: ['a'], decode: natural, other, limit: 1 });
    const collection = new Collection([binding], [map, companion]);
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 1, 'events_total a="other"': 1320 });
    expect(collection.metrics.counts.metrics).toEqual([
      { name: 'events_total', series: 2, dropped: 1, decodeErrors: 0 },
    ]);
  });

  it('is read once even if a metric exports it too', async () => {
    const companion = array(1, { name: 'events_other', valueSize: 16 });
    companion.set(u32(0), u64(7, 5));
    const itself = bindingOf({ name: 'overflow_total', map: 'events_other' });
    const collection = new Collection([bindingOf({ other }), itself], [new FakeMap(), companion]);
    expect(await collection.values()).toEqual({ events_total: 7, overflow_total: 7 });
    expect(companion.reads).toBe(1);
  });

  it('keeps its count when it restarts', async () => {
    const companion = array(1, { name: 'events_other', valueSize: 16 });
    companion.set(u32(0), u64(10, 5));
    const collection = new Collection([bindingOf({ other })], [new FakeMap(), companion]);
    await collection.collect();
    companion.set(u32(0), u64(3, 1));
    expect(await collection.values()).toEqual({ events_total: 13 });
    expect(await collection.values()).toEqual({ events_total: 13 });
    expect(collection.metrics.counts.maps[0]!.lost).toBe(5);
  });

  it('has the buckets of a histogram, and its sum', async () => {
    const bucketsAt = (offset: number) => ({
      sum: { offset, size: 8, signed: false } as const,
      buckets: { offset: offset + 8, count: 3, size: 4 } as const,
    });
    const map = new FakeMap({ valueSize: 24 });
    const companion = array(1, { name: 'events_other', type: 'percpu_array', valueSize: 32, cpus: 2 });
    const cpu = (sum: number, ...buckets: number[]) => Buffer.concat([u64(1, sum), u32(...buckets, 0)]);
    companion.set(u32(0), [cpu(10, 1, 2, 0), cpu(20, 0, 3, 4)]);
    map.set(u32(1), Buffer.concat([u64(7), u32(1, 1, 0, 0)]));
    const binding = bindingOf({
      labels: ['a'],
      decode,
      read: { kind: 'histogram', field: bucketsAt(0) },
      other: {
        map: 'events_other',
        value: { kind: 'histogram', field: bucketsAt(8) },
        lost: { offset: 0, size: 8, signed: false },
      },
    });
    const collection = new Collection([binding], [map, companion]);
    expect(await collection.values()).toEqual({
      'events_bucket a="n1" le="1.0"': 1,
      'events_bucket a="n1" le="2.0"': 2,
      'events_bucket a="n1" le="+Inf"': 2,
      'events_sum a="n1"': 7,
      'events_count a="n1"': 2,
      'events_bucket a="other" le="1.0"': 1,
      'events_bucket a="other" le="2.0"': 6,
      'events_bucket a="other" le="+Inf"': 10,
      'events_sum a="other"': 30,
      'events_count a="other"': 10,
    });
    expect(collection.metrics.counts.maps[0]!.lost).toBe(2);
  });

  it('is left out of a metric that cannot read it', async () => {
    const companion = array(1, { name: 'events_other', valueSize: 16 });
    companion.set(u32(0), u64(5, 1));
    const collection = new Collection(
      [bindingOf({ labels: ['a'], decode, other }), bindingOf({ name: 'more_total', labels: ['a'], decode })],
      [new FakeMap(), companion],
    );
    expect(await collection.values()).toEqual({ 'events_total a="other"': 5 });
  });

  it('of buckets that are entries has no sum if they have none', async () => {
    const map = new FakeMap({ keySize: 8, valueSize: 16 });
    const companion = new FakeMap({ name: 'events_other', type: 'percpu_array', valueSize: 24, cpus: 2 });
    companion.set(u32(0), [u64(2, 100, 2), u64(1, 50, 1)]);
    map.set(u32(0, 2), u64(5, 70));
    const read: MetricValue = {
      kind: 'slot',
      slot: { offset: 4, size: 4, signed: false },
      count: { offset: 0, size: 8, signed: false },
    };
    const buckets = { kind: 'exp2', min: 2, max: 8, key: { field: 'slot' } } as const;
    const other = {
      map: 'events_other',
      value: { kind: 'count', count: { offset: 0, size: 8, signed: false } },
      lost: { offset: 16, size: 8, signed: false },
    } as const;
    const collection = new Collection(
      [{ ...bindingOf({ read, buckets, labels: ['a'], decode: () => ['a'] }), other }],
      [map, companion],
    );
    expect(await collection.values()).toEqual({
      'events_bucket a="a" le="2.0"': 0,
      'events_bucket a="a" le="4.0"': 5,
      'events_bucket a="a" le="8.0"': 5,
      'events_bucket a="a" le="+Inf"': 5,
      'events_count a="a"': 5,
      'events_bucket a="other" le="2.0"': 0,
      'events_bucket a="other" le="4.0"': 0,
      'events_bucket a="other" le="8.0"': 0,
      'events_bucket a="other" le="+Inf"': 3,
      'events_count a="other"': 3,
    });
  });
});
