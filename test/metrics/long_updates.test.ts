import { describe, expect, it } from 'vitest';
import type { MetricValue } from '../../src/decode/metric_value.js';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { type BindingOptions, bindingOf } from '../harness/metric_binding.js';

const decode = (key: Buffer) => [`n${key.readUInt32LE(0)}`];
const gauge: BindingOptions = { type: 'gauge', labels: ['a'], decode };

function filled(entries: number, type = 'hash', value = 1): FakeMap {
  const map = new FakeMap({ type, maxEntries: entries });
  for (let index = 0; index < entries; index++) map.set(u32(index), u64(value));
  return map;
}

/** How often an update pauses when every look at the clock finds the slice used up, or when none does. */
async function pausesOf(options: BindingOptions, map: FakeMap, isSlow: boolean, change: () => void): Promise<number> {
  const collection = new Collection([bindingOf(options)], [map]);
  await collection.collect();
  change();
  let now = 0;
  const step = isSlow ? 1000 : 0;
  const tick = () => {
    now += step;
    return now;
  };
  Object.defineProperty(collection, 'now', { get: tick });
  let pauses = 0;
  const { pacer } = collection;
  await pacer.pause();
  const pause = pacer.pause.bind(pacer);
  pacer.pause = () => {
    pauses++;
    return pause();
  };
  await collection.collect();
  return pauses;
}

describe('a long update', () => {
  const cases: Record<string, readonly [options: BindingOptions, map: () => FakeMap, change: (map: FakeMap) => void]> =
    {
      'adds rows': [
        gauge,
        () => filled(0),
        (map) => {
          for (let index = 0; index < 1000; index++) map.set(u32(index), u64(1));
        },
      ],
      'counts in an array for the first time': [
        gauge,
        () => filled(1000, 'array', 0),
        (map) => {
          for (let index = 0; index < 1000; index++) map.set(u32(index), u64(1));
        },
      ],
      'ends rows': [
        { ...gauge, type: 'counter', name: 'events_total' },
        () => filled(1000),
        (map) => {
          for (let index = 0; index < 1000; index++) map.delete(u32(index));
        },
      ],
      'ends series': [
        gauge,
        () => filled(1000),
        (map) => {
          for (let index = 0; index < 1000; index++) map.delete(u32(index));
        },
      ],
      'decodes labels in the value': [{ ...gauge, usesValue: true }, () => filled(1000), () => {}],
      'sums entries': [{ type: 'gauge' }, () => filled(16_000), () => {}],
    };

  it.each(Object.entries(cases))('that %s pauses now and then', async (name, [options, makeMap, change]) => {
    const map = makeMap();
    const pauses = await pausesOf(options, map, true, () => change(map));
    // Ending a series takes ending its rows first.
    expect(pauses).toBeGreaterThanOrEqual(name === 'ends series' ? 20 : 10);
    expect(pauses).toBeLessThan(100);
  });

  it.each(Object.entries(cases))(
    'that %s does not pause before its slice is used up',
    async (_, [options, makeMap, change]) => {
      const map = makeMap();
      expect(await pausesOf(options, map, false, () => change(map))).toBe(0);
    },
  );

  /** How often an update of such a map, whose values have changed, looks at the clock. */
  async function looksOf(options: BindingOptions, map: FakeMap, change: () => void): Promise<number> {
    const collection = new Collection([bindingOf(options)], [map]);
    await collection.collect();
    change();
    let looks = 0;
    Object.defineProperty(collection, 'now', {
      get: () => {
        looks++;
        return 0;
      },
    });
    await collection.collect();
    return looks;
  }

  it.each(['percpu_hash', 'percpu_array'])('looks at the clock by bytes: %s of 256 CPUs', async (type) => {
    const [entries, cpus] = [512, 256];
    const map = new FakeMap({ type, maxEntries: entries, cpus });
    const fill = (value: number) => {
      for (let index = 0; index < entries; index++) map.set(u32(index), Array(cpus).fill(u64(value)));
    };
    fill(0);
    const looks = await looksOf({ ...gauge, limit: entries }, map, () => fill(1));
    // 1 MiB: at least one look in 64 KiB, where 64 entries have 128 KiB.
    expect(looks).toBeGreaterThanOrEqual((entries * map.valueStride) / 65_536);
  });

  it('looks at the clock for each entry that is longer than a look: histograms of 256 CPUs', async () => {
    const [entries, cpus] = [64, 256];
    const field = { buckets: { offset: 0, count: 27, size: 8 } } as const;
    // Not nearly full, so no entry leaves.
    const map = new FakeMap({ type: 'percpu_hash', maxEntries: 4 * entries, cpus, valueSize: 27 * 8 });
    const value = Array(cpus).fill(u64(...Array(27).fill(1)));
    for (let index = 0; index < entries; index++) map.set(u32(index), value);
    expect(await looksOf({ read: { kind: 'histogram', field } }, map, () => {})).toBeGreaterThanOrEqual(entries);
  });

  it('announces entries in slices: labels in the value, and waiting rows', async () => {
    const announce = () => {};
    const options = { ...gauge, usesValue: true, announce };
    const without = await pausesOf({ ...gauge, usesValue: true }, filled(1000), true, () => {});
    expect(await pausesOf(options, filled(1000), true, () => {})).toBeGreaterThanOrEqual(without + 10);
    const added = (map: FakeMap) => () => {
      for (let index = 0; index < 1000; index++) map.set(u32(index), u64(1));
    };
    const [silent, announced] = [filled(0), filled(0)];
    const plain = await pausesOf(gauge, silent, true, added(silent));
    expect(await pausesOf({ ...gauge, announce }, announced, true, added(announced))).toBeGreaterThanOrEqual(
      plain + 10,
    );
  });

  const number = { kind: 'number', field: { offset: 0, size: 8, signed: false } } as const;
  const sum = { offset: 8, size: 8, signed: false } as const;
  const histogram: MetricValue = { kind: 'histogram', field: { sum, buckets: { offset: 0, count: 2, size: 4 } } };
  const slot: MetricValue = { kind: 'slot', slot: { offset: 0, size: 1, signed: false }, count: number.field, sum };
  it.each<[string, BindingOptions, Record<string, number>]>([
    ['numbers', { read: number }, { events_total: 3000 }],
    [
      'numbers by a label in the value',
      { read: number, labels: ['a'], decode: () => ['x'], usesValue: true },
      { 'events_total a="x"': 3000 },
    ],
    [
      'histograms',
      { read: histogram },
      { 'events_bucket le="1.0"': 3000, 'events_bucket le="+Inf"': 3000, events_sum: 15_000, events_count: 3000 },
    ],
    [
      'buckets',
      { read: slot, buckets: { kind: 'exp2', max: 2, key: { field: 'slot' } } },
      // The slot is the lowest byte of 0 to 2999, which is 0 or 1 for 12 numbers each.
      {
        'events_bucket le="1.0"': 12,
        'events_bucket le="2.0"': 24,
        'events_bucket le="+Inf"': 3000,
        events_sum: 15_000,
        events_count: 3000,
      },
    ],
  ])('adds every entry once: %s', async (_, options, expected) => {
    const map = new FakeMap({ valueSize: 16, maxEntries: 3000 });
    for (let index = 0; index < 3000; index++) map.set(u32(index), u64(1, 5));
    const collection = new Collection([bindingOf(options)], [map]);
    expect(await collection.values()).toEqual(expected);
    expect(await collection.values()).toEqual(expected);
  });
});
