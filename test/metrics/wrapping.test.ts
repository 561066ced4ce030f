import { describe, expect, it } from 'vitest';
import type { MetricValue } from '../../src/decode/metric_value.js';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { type BindingOptions, bindingOf } from '../harness/metric_binding.js';
import { randomNumbers } from '../harness/random.js';

const key = u32(0);
const top = 2 ** 32;
const narrow = (size: 1 | 2 | 4, offset = 0) => ({ offset, size, signed: false }) as const;
const number = (size: 1 | 2 | 4) => ({ kind: 'number', field: narrow(size) }) as const;

function counter(map: FakeMap, read: MetricValue, options: BindingOptions = {}): Collection {
  return new Collection([bindingOf({ read, ...options })], [map]);
}

async function totals(collection: Collection, name = 'events_total'): Promise<number> {
  return (await collection.values())[name]!;
}

describe('counters narrower than 64 bits', () => {
  it.each([
    [4, 'just below its top', top - 6, 10, 16],
    [4, 'just below its top, to 0', top - 1, 0, 1],
    [4, 'in the upper half, by less than half of the range', 2 ** 31 + 5, 4, 2 ** 31 - 1],
    [4, 'in the upper half, by half of the range', 2 ** 31 + 5, 5, 5],
    [4, 'in the lower half', 1000, 4, 4],
    [2, 'just below its top', 65_530, 10, 16],
    [1, 'just below its top', 250, 3, 9],
  ] as const)('of %i bytes that was %s', async (size, _, before, after, increase) => {
    const map = new FakeMap({ valueSize: size });
    const value = (counted: number) => u32(counted).subarray(0, size);
    const collection = counter(map, number(size));
    map.set(key, value(before));
    const first = await totals(collection);
    map.set(key, value(after));
    expect((await totals(collection)) - first).toBe(increase);
    expect((await totals(collection)) - first).toBe(increase);
    map.set(key, value(after + 7));
    expect((await totals(collection)) - first).toBe(increase + 7);
  });

  it('wrap as bitfields and as signed integers', async () => {
    const bits = { kind: 'number', field: { ...narrow(4), bits: { shift: 4, width: 12 } } } as const;
    const map = new FakeMap({ valueSize: 4 });
    const collection = counter(map, bits);
    map.set(key, u32(4095 << 4));
    await collection.collect();
    map.set(key, u32((2 << 4) | 15));
    expect(await totals(collection)).toBe(4098);

    const integers = new FakeMap({ valueSize: 4 });
    const signed = counter(integers, { kind: 'number', field: { ...narrow(4), signed: true } });
    integers.set(key, u32(2 ** 31 - 1));
    await signed.collect();
    integers.set(key, u32(2 ** 31 + 1));
    expect(await totals(signed)).toBe(2 ** 31 + 1);
  });

  it('wrap on one CPU without counting the others again', async () => {
    const map = new FakeMap({ type: 'percpu_hash', valueSize: 4, cpus: 3 });
    const collection = counter(map, number(4));
    map.set(key, [u32(top - 6), u32(4_000_000_000), u32(7)]);
    const first = await totals(collection);
    map.set(key, [u32(10), u32(4_000_000_000), u32(8)]);
    expect((await totals(collection)) - first).toBe(17);
    // The sum of the CPUs goes up, although one went down.
    map.set(key, [u32(20), u32(5), u32(500_000_000)]);
    expect((await totals(collection)) - first).toBe(17 + 10 + 294_967_301 + 499_999_992);
  });

  it('count an entry that was made again on all CPUs, even where it is above what it was', async () => {
    const map = new FakeMap({ type: 'lru_percpu_hash', valueSize: 4, cpus: 2 });
    const collection = counter(map, number(4));
    map.set(key, [u32(100), u32(3)]);
    await collection.collect();
    map.set(key, [u32(5), u32(200)]);
    expect(await totals(collection)).toBe(103 + 205);
  });

  it('start at 0 when a row is used for another key, and when a removed key returns', async () => {
    const map = new FakeMap({ valueSize: 4 });
    const collection = counter(map, number(4), { expireMs: 1000 });
    map.set(u32(1), u32(top - 6));
    await collection.collect();
    map.delete(u32(1));
    map.set(u32(2), u32(10));
    expect(await totals(collection)).toBe(top + 4);

    collection.now = 5000;
    map.beforeTake = () => map.set(u32(2), u32(top - 1));
    await collection.collect();
    expect(map.has(u32(2))).toBe(false);
    map.set(u32(2), u32(3));
    expect(await totals(collection)).toBe(top - 6 + top - 1 + 3);
  });

  it('may go down as gauges', async () => {
    const map = new FakeMap({ valueSize: 4 });
    const collection = counter(map, number(4), { type: 'gauge', name: 'events' });
    map.set(key, u32(top - 6));
    await collection.collect();
    map.set(key, u32(10));
    expect(await totals(collection, 'events')).toBe(10);
  });

  it('agree with the truth for random increases on all CPUs', async () => {
    const random = randomNumbers(7);
    const map = new FakeMap({ type: 'percpu_hash', valueSize: 2, cpus: 4 });
    const collection = counter(map, number(2));
    const counts = [0, 0, 0, 0];
    for (let round = 0; round < 200; round++) {
      for (const cpu of counts.keys()) counts[cpu]! += random(2 ** 15);
      map.set(
        key,
        counts.map((count) => u32(count).subarray(0, 2)),
      );
      expect(await totals(collection)).toBe(counts.reduce((sum, count) => sum + count));
    }
  });

  it('wrap in the overflow companion', async () => {
    const map = new FakeMap({ valueSize: 4 });
    const companion = new FakeMap({ name: 'events_other', type: 'percpu_array', valueSize: 16, cpus: 2 });
    const other = { map: 'events_other', value: number(4), lost: { offset: 8, size: 8, signed: false } } as const;
    const collection = new Collection([bindingOf({ read: number(4), labels: ['a'], other })], [map, companion]);
    const lost = (count: number) => Buffer.concat([u64(count), u64(1)]);
    companion.set(key, [lost(top - 6), lost(4_000_000_000)]);
    await collection.collect();
    companion.set(key, [lost(10), lost(4_000_000_000)]);
    expect(await totals(collection, 'events_total a="other"')).toBe(top + 10 + 4_000_000_000);
  });
});

describe('histograms with slots narrower than 64 bits', () => {
  const read: MetricValue = {
    kind: 'histogram',
    field: { sum: { offset: 16, size: 8, signed: false }, buckets: { offset: 0, count: 4, size: 4 } },
  };

  it('wrap slot by slot, and keep the sum', async () => {
    const map = new FakeMap({ type: 'percpu_hash', valueSize: 24, cpus: 2 });
    const collection = counter(map, read);
    const value = (sum: number, ...slots: number[]) => Buffer.concat([u32(...slots), u64(sum)]);
    map.set(key, [value(50, 1, top - 6, 3, 4_000_000_000), value(5, 0, 4_000_000_000, 0, 0)]);
    const before = await collection.values();
    map.set(key, [value(60, 1, 10, 4, 4_000_000_000), value(6, 0, 4_000_000_000, 0, 0)]);
    const after = await collection.values();
    expect(after['events_bucket le="1.0"']).toBe(1);
    expect(after['events_bucket le="2.0"']! - before['events_bucket le="2.0"']!).toBe(16);
    expect(after['events_bucket le="4.0"']! - before['events_bucket le="4.0"']!).toBe(17);
    expect(after.events_count! - before.events_count!).toBe(17);
    expect(after.events_sum).toBe(66);
  });

  it('count all slots and the sum again if one number shows that the entry was made again', async () => {
    const map = new FakeMap({ valueSize: 24 });
    const collection = counter(map, read);
    map.set(key, Buffer.concat([u32(5, 0, 1, 0), u64(50)]));
    await collection.collect();
    map.set(key, Buffer.concat([u32(6, 2, 1, 0), u64(40)]));
    expect(await collection.values()).toMatchObject({
      'events_bucket le="1.0"': 11,
      'events_bucket le="2.0"': 13,
      'events_bucket le="4.0"': 15,
      events_sum: 90,
      events_count: 15,
    });
  });

  it('wrap when every slot is an entry', async () => {
    const map = new FakeMap({ keySize: 4, valueSize: 16 });
    const slot: MetricValue = {
      kind: 'slot',
      slot: narrow(4),
      count: narrow(4),
      sum: { offset: 8, size: 8, signed: false },
    };
    const collection = counter(map, slot, { buckets: { kind: 'exp2', max: 4, key: { field: 'slot' } } });
    const value = (count: number, sum: number) => Buffer.concat([u32(count, 0), u64(sum)]);
    map.set(u32(1), value(top - 1, 9));
    await collection.collect();
    map.set(u32(1), value(1, 12));
    expect(await collection.values()).toMatchObject({
      'events_bucket le="1.0"': 0,
      'events_bucket le="2.0"': top + 1,
      events_sum: 12,
      events_count: top + 1,
    });
  });

  it.each(['array', 'percpu_array'])('in elements of a value of type %s are read while all its elements are 0', async (type) => {
    const map = new FakeMap({ type, valueSize: 16, cpus: type === 'array' ? 1 : 2, maxEntries: 1 });
    const parts = { perCpu: false, elements: 2, elementSize: 8 };
    const slots: MetricValue = { kind: 'histogram', field: { buckets: { offset: 0, count: 2, size: 4 } } };
    const elements: BindingOptions = { parts, labels: ['element'], decode: (key) => [String(key.readUInt32LE(8))] };
    const collection = new Collection(
      [
        bindingOf({ ...elements, name: 'sizes', read: slots, buckets: { kind: 'exp2', edges: 'floor' } }),
        bindingOf({ ...elements, read: number(4) }),
      ],
      [map],
    );
    map.set(key, u32(0, 0, 0, 0));
    expect(await collection.values()).toEqual({});
    map.set(key, u32(0, 0, 5, top - 1));
    await collection.collect();
    map.set(key, u32(0, 0, 6, 1));
    expect(await collection.values()).toMatchObject({
      'events_total element="1"': 6,
      'sizes_count element="1"': 6 + top + 1,
    });
  });
});
