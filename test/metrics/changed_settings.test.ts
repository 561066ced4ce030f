import { describe, expect, it } from 'vitest';
import { SeriesTable } from '../../src/metrics/series_table.js';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';
import { randomNumbers } from '../harness/random.js';

const decode = (key: Buffer) => [`n${key.readUInt32LE(0)}`];
const spec = { name: 'events_total', limit: 2 };

describe('metrics whose settings change', () => {
  it('keep what they counted under a new prefix, entries that are gone included', async () => {
    const map = new FakeMap();
    const collection = new Collection([bindingOf({ labels: ['a'], decode, limit: 2 })], [map], 'old_');
    for (const key of [1, 2, 3]) map.set(u32(key), u64(10 * key));
    await collection.collect();
    map.delete(u32(1));
    map.delete(u32(3));
    expect(await collection.values()).toEqual({
      'old_events_total a="n1"': 10,
      'old_events_total a="n2"': 20,
      'old_events_total a="other"': 30,
    });
    collection.metrics.configure([spec], 'a_longer_prefix_');
    map.set(u32(1), u64(1));
    map.set(u32(4), u64(4));
    expect(await collection.values()).toEqual({
      'a_longer_prefix_events_total a="n1"': 11,
      'a_longer_prefix_events_total a="n2"': 20,
      'a_longer_prefix_events_total a="other"': 34,
    });
    expect(collection.metrics.counts.metrics[0]!.name).toBe('a_longer_prefix_events_total');
    collection.metrics.configure([spec], '');
    expect(await collection.values()).toEqual({
      'events_total a="n1"': 11,
      'events_total a="n2"': 20,
      'events_total a="other"': 34,
    });
  });

  it('have no trace of the old name', async () => {
    const map = new FakeMap();
    map.set(u32(1), u64(1));
    const collection = new Collection([bindingOf({ labels: ['a'], decode })], [map], 'x_');
    await collection.collect();
    collection.metrics.configure([spec], 'y_');
    const text = await collection.scrape('openmetrics');
    expect(text).toContain('# HELP y_events Events.\n');
    expect(text).not.toContain('x_');
  });

  it('give series to new label sets under a higher limit, and to none under a lower one', async () => {
    const map = new FakeMap();
    const collection = new Collection([bindingOf({ labels: ['a'], decode, limit: 1 })], [map]);
    map.set(u32(1), u64(1));
    map.set(u32(2), u64(2));
    expect(await collection.values()).toEqual({ 'events_total a="n1"': 1, 'events_total a="other"': 2 });
    collection.metrics.configure([{ ...spec, limit: 2 }], '');
    map.set(u32(3), u64(3));
    const grown = { 'events_total a="n1"': 1, 'events_total a="n3"': 3, 'events_total a="other"': 2 };
    expect(await collection.values()).toEqual(grown);
    collection.metrics.configure([{ ...spec, limit: 1 }], '');
    map.set(u32(4), u64(4));
    expect(await collection.values()).toEqual({ ...grown, 'events_total a="other"': 6 });
  });
});

describe('a series table whose texts begin differently', () => {
  const textOf = (table: SeriesTable, series: number) =>
    table.arena.toString('utf8', table.starts[series]!, table.starts[series]! + table.lengths[series]!);

  it.each(['b', `${'é'.repeat(40)}_`, ''])('has the same series under the same numbers: "%s"', (to) => {
    const table = new SeriesTable();
    const random = randomNumbers(3);
    const truth = new Map<number, string>();
    for (let index = 0; index < 500; index++) {
      const rest = `{a="${'é'.repeat(random(30))}${index}"}`;
      truth.set(table.add(`from${rest}`), rest);
    }
    for (const series of [...truth.keys()].filter((number) => number % 3 === 0)) {
      table.remove(series);
      truth.delete(series);
    }
    table.rename('from', to);
    expect(table.size).toBe(truth.size);
    for (const [series, rest] of truth) {
      expect(textOf(table, series)).toBe(to + rest);
      expect([table.find(to + rest), table.find(`from${rest}`)]).toEqual([series, undefined]);
    }
    const added = table.add(`${to}{new}`);
    expect([truth.has(added), table.find(`${to}{new}`)]).toEqual([false, added]);
  });
});
