import { describe, expect, it } from 'vitest';
import type { MetricValue } from '../../src/decode/metric_value.js';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

/** `struct hist { __u64 sum; __u64 buckets[N]; }` */
function histogram(count: number): MetricValue & { kind: 'histogram' } {
  return {
    kind: 'histogram',
    field: { sum: { offset: 0, size: 8, signed: false }, buckets: { offset: 8, count, size: 8 } },
  };
}

const decode = (key: Buffer) => [String.fromCharCode(97 + (key.readUInt32LE(0) % 26))];
const ones = (count: number) => Array.from({ length: count }, () => 1);

describe('histograms', () => {
  it('shows bounds as powers of two of a second, cumulative counts, and the sum in seconds', async () => {
    const map = new FakeMap({ valueSize: 8 * 33 });
    const buckets = new Array<number>(32).fill(0);
    buckets[10] = 3;
    buckets[30] = 2;
    buckets[31] = 1;
    map.set(u32(0), u64(2_500_000_001, ...buckets));
    const binding = bindingOf({
      name: 'wait_seconds',
      unit: 'ns',
      read: { kind: 'histogram', field: { ...histogram(32).field, isTime: true } },
      labels: ['a'],
      decode,
      buckets: { kind: 'exp2', min: 1e-6, max: 1 },
    });
    const lines = (await new Collection([binding], [map]).scrape()).trim().split('\n').slice(2);
    expect(lines).toHaveLength(21 + 1 + 2);
    expect(lines[0]).toBe('wait_seconds_bucket{a="a",le="9.5367431640625e-07"} 3');
    expect(lines[19]).toBe('wait_seconds_bucket{a="a",le="0.5"} 3');
    expect(lines.slice(20)).toEqual([
      'wait_seconds_bucket{a="a",le="1.0"} 5',
      'wait_seconds_bucket{a="a",le="+Inf"} 6',
      'wait_seconds_sum{a="a"} 2.500000001',
      'wait_seconds_count{a="a"} 6',
    ]);
  });

  it('shows every bound of a size histogram by default, except for the last slot', async () => {
    const map = new FakeMap({ valueSize: 40 });
    map.set(u32(0), u64(100, 1, 2, 3, 4));
    const collection = new Collection([bindingOf({ read: histogram(4) })], [map]);
    expect(await collection.values()).toEqual({
      'events_bucket le="1.0"': 1,
      'events_bucket le="2.0"': 3,
      'events_bucket le="4.0"': 6,
      'events_bucket le="+Inf"': 10,
      events_sum: 100,
      events_count: 10,
    });
  });

  it.each([
    // 1, 2, 4, 8 are there; what is out of reach is moved to the nearest that is.
    [{ min: 3, max: 5 }, ['4.0']],
    [{ min: 2.7 }, ['2.0', '4.0', '8.0']],
    [{ max: 3.1 }, ['1.0', '2.0', '4.0']],
    [{ min: 0.001, max: 1e9 }, ['1.0', '2.0', '4.0', '8.0']],
    [{ min: 1e9 }, ['8.0']],
  ])('folds what is below %o into the first bound and what is above into +Inf', async (range, bounds) => {
    const map = new FakeMap({ valueSize: 48 });
    map.set(u32(0), u64(0, ...ones(5)));
    const buckets = { kind: 'exp2' as const, ...range };
    const collection = new Collection([bindingOf({ read: histogram(5), buckets })], [map]);
    const expected = bounds.map((bound) => [`events_bucket le="${bound}"`, Math.log2(Number(bound)) + 1]);
    expect(await collection.values()).toEqual({
      ...Object.fromEntries(expected),
      'events_bucket le="+Inf"': 5,
      events_sum: 0,
      events_count: 5,
    });
  });

  it('has bounds in bytes when the kernel counts in KiB', async () => {
    const map = new FakeMap({ valueSize: 32 });
    map.set(u32(0), u64(5, 1, 1, 1));
    const binding = bindingOf({ name: 'size_bytes', unit: 'kib', read: histogram(3) });
    expect(await new Collection([binding], [map]).values()).toEqual({
      'size_bytes_bucket le="1024.0"': 1,
      'size_bytes_bucket le="2048.0"': 2,
      'size_bytes_bucket le="+Inf"': 3,
      size_bytes_sum: 5 * 1024,
      size_bytes_count: 3,
    });
  });

  it('has equal steps if `buckets` is linear', async () => {
    const map = new FakeMap({ valueSize: 16 });
    map.set(u32(0), u32(1, 1, 1, 1));
    const read: MetricValue = { kind: 'histogram', field: { buckets: { offset: 0, count: 4, size: 4 } } };
    const buckets = { kind: 'linear', start: 0, step: 0.1 } as const;
    const collection = new Collection([bindingOf({ read, buckets })], [map]);
    expect(await collection.values()).toEqual({
      'events_bucket le="0.1"': 1,
      'events_bucket le="0.2"': 2,
      'events_bucket le="0.3"': 3,
      'events_bucket le="+Inf"': 4,
      events_count: 4,
    });
  });

  it('sums CPUs and entries with equal labels', async () => {
    const map = new FakeMap({ type: 'percpu_hash', valueSize: 32, cpus: 2 });
    map.set(u32(0), [u64(10, 1, 0, 0), u64(20, 0, 1, 0)]);
    map.set(u32(26), [u64(30, 0, 0, 1), u64(40, 1, 1, 1)]);
    const collection = new Collection([bindingOf({ read: histogram(3), labels: ['a'], decode })], [map]);
    expect(await collection.values()).toEqual({
      'events_bucket a="a" le="1.0"': 2,
      'events_bucket a="a" le="2.0"': 4,
      'events_bucket a="a" le="+Inf"': 6,
      'events_sum a="a"': 100,
      'events_count a="a"': 6,
    });
  });

  it('keeps every bucket of entries that restart or vanish', async () => {
    const map = new FakeMap({ valueSize: 32 });
    const collection = new Collection([bindingOf({ read: histogram(3) })], [map]);
    map.set(u32(0), u64(10, 1, 2, 3));
    await collection.collect();
    // Only one of the numbers went down, but the entry is another one.
    map.set(u32(0), u64(20, 5, 0, 3));
    await collection.collect();
    map.delete(u32(0));
    expect(await collection.values()).toEqual({
      'events_bucket le="1.0"': 6,
      'events_bucket le="2.0"': 8,
      'events_bucket le="+Inf"': 14,
      events_sum: 30,
      events_count: 14,
    });
  });

  it('omits what OpenMetrics does not allow: a count without a sum, a sum of negative numbers', async () => {
    const mapOf = () => {
      const map = new FakeMap({ valueSize: 32 });
      map.set(u32(0), u64(10, 1, 2, 3));
      return map;
    };
    const withoutSum: MetricValue = { kind: 'histogram', field: { buckets: { offset: 8, count: 3, size: 8 } } };
    const plain = new Collection([bindingOf({ read: withoutSum })], [mapOf()]);
    expect(await plain.scrape('openmetrics')).not.toMatch(/_sum|_count/);
    expect(await plain.show('text')).toMatch(/\nevents_count 6\n/);
    const buckets = { kind: 'linear', start: -10, step: 5 } as const;
    const negative = new Collection([bindingOf({ read: histogram(3), buckets })], [mapOf()]);
    expect(await negative.scrape('openmetrics')).not.toMatch(/_sum|_count/);
    expect(await negative.show('text')).toMatch(/le="-5.0"} 1\n.*\n.*\nevents_sum 10\nevents_count 6\n/);
  });
});

describe('histograms whose slot is in the key', () => {
  const read: MetricValue = {
    kind: 'slot',
    slot: { offset: 4, size: 4, signed: false },
    count: { offset: 0, size: 8, signed: false },
    sum: { offset: 8, size: 8, signed: false },
  };
  const buckets = { kind: 'exp2', min: 2, max: 8, key: { field: 'slot' } } as const;
  const binding = bindingOf({ read, buckets, labels: ['a'], decode });

  it('makes one series of many entries', async () => {
    const map = new FakeMap({ keySize: 8, valueSize: 16 });
    for (const slot of [0, 1, 2, 3, 4, 64, 4_000_000_000]) map.set(u32(0, slot), u64(1, 10));
    map.set(u32(1, 2), u64(7, 70));
    expect(await new Collection([binding], [map]).values()).toEqual({
      'events_bucket a="a" le="2.0"': 2,
      'events_bucket a="a" le="4.0"': 3,
      'events_bucket a="a" le="8.0"': 4,
      'events_bucket a="a" le="+Inf"': 7,
      'events_sum a="a"': 70,
      'events_count a="a"': 7,
      'events_bucket a="b" le="2.0"': 0,
      'events_bucket a="b" le="4.0"': 7,
      'events_bucket a="b" le="8.0"': 7,
      'events_bucket a="b" le="+Inf"': 7,
      'events_sum a="b"': 70,
      'events_count a="b"': 7,
    });
  });

  it('keeps what a slot counted when its row is used for another', async () => {
    const map = new FakeMap({ keySize: 8, valueSize: 16 });
    const collection = new Collection([binding], [map]);
    map.set(u32(0, 1), u64(5, 50));
    await collection.collect();
    map.delete(u32(0, 1));
    map.set(u32(0, 3), u64(1, 8));
    expect(await collection.values()).toMatchObject({
      'events_bucket a="a" le="2.0"': 5,
      'events_bucket a="a" le="4.0"': 5,
      'events_bucket a="a" le="8.0"': 6,
      'events_sum a="a"': 58,
    });
  });

  it('places a row by its slot when its labels are in the value', async () => {
    const map = new FakeMap({ keySize: 8, valueSize: 16 });
    const state = (_key: Buffer, value: Buffer | undefined) => [`s${value!.readUInt32LE(12)}`];
    const { sum: _, ...counted } = read;
    const collection = new Collection(
      [bindingOf({ read: counted, buckets, labels: ['state'], decode: state, usesValue: true })],
      [map],
    );
    map.set(u32(0, 2), Buffer.concat([u64(5), u32(0, 1)]));
    expect(await collection.values()).toMatchObject({
      'events_bucket state="s1" le="2.0"': 0,
      'events_bucket state="s1" le="4.0"': 5,
    });
    map.delete(u32(0, 2));
    map.set(u32(0, 3), Buffer.concat([u64(1), u32(0, 1)]));
    expect(await collection.values()).toMatchObject({
      'events_bucket state="s1" le="4.0"': 5,
      'events_bucket state="s1" le="8.0"': 6,
    });
  });

  it('counts updates that found the map full in +Inf', async () => {
    const map = new FakeMap({ keySize: 8, valueSize: 16 });
    const companion = new FakeMap({ name: 'events_other', type: 'percpu_array', valueSize: 24, cpus: 2 });
    companion.set(u32(0), [u64(2, 100, 2), u64(1, 50, 1)]);
    const other = {
      map: 'events_other',
      value: {
        kind: 'count',
        count: { offset: 0, size: 8, signed: false },
        sum: { offset: 8, size: 8, signed: false },
      },
      lost: { offset: 16, size: 8, signed: false },
    } as const;
    const collection = new Collection([{ ...binding, other }], [map, companion]);
    expect(await collection.values()).toEqual({
      'events_bucket a="other" le="2.0"': 0,
      'events_bucket a="other" le="4.0"': 0,
      'events_bucket a="other" le="8.0"': 0,
      'events_bucket a="other" le="+Inf"': 3,
      'events_sum a="other"': 150,
      'events_count a="other"': 3,
    });
  });
});
