import { describe, expect, it } from 'vitest';
import { Collection } from '../harness/collection.js';
import { FakeMap, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';
import { randomNumbers } from '../harness/random.js';

const key = (name: string) => Buffer.from(name.padEnd(8, '\0'));
const keyed = () => new FakeMap({ keySize: 8 });
const labelled = { labels: ['a'] };

describe('counters', () => {
  it('shows one series for each entry', async () => {
    const map = keyed();
    map.set(key('x'), u64(1));
    map.set(key('y'), u64(2n ** 53n));
    const collection = new Collection([bindingOf(labelled)], [map], 'santabpf_');
    expect(await collection.scrape()).toBe(
      [
        '# HELP santabpf_events_total Events.',
        '# TYPE santabpf_events_total counter',
        'santabpf_events_total{a="x"} 1',
        'santabpf_events_total{a="y"} 9007199254740992',
        '',
      ].join('\n'),
    );
  });

  it('sums entries with equal labels', async () => {
    const map = keyed();
    map.set(key('x1'), u64(1));
    map.set(key('x2'), u64(20));
    map.set(key('y'), u64(300));
    const decode = (bytes: Buffer) => [bytes.toString('latin1', 0, 1)];
    const collection = new Collection([bindingOf({ ...labelled, decode })], [map]);
    expect(await collection.values()).toEqual({ 'events_total a="x"': 21, 'events_total a="y"': 300 });
    map.set(key('x1'), u64(5));
    expect(await collection.values()).toMatchObject({ 'events_total a="x"': 25 });
  });

  it('keeps what an entry counted after it vanishes, and adds what it counts when it returns', async () => {
    const map = keyed();
    map.set(key('x'), u64(7));
    const collection = new Collection([bindingOf(labelled)], [map]);
    await collection.collect();
    map.delete(key('x'));
    map.set(key('y'), u64(1));
    expect(await collection.values()).toEqual({ 'events_total a="x"': 7, 'events_total a="y"': 1 });
    map.delete(key('y'));
    map.set(key('x'), u64(2));
    expect(await collection.values()).toEqual({ 'events_total a="x"': 9, 'events_total a="y"': 1 });
    expect(await collection.values()).toEqual({ 'events_total a="x"': 9, 'events_total a="y"': 1 });
  });

  it('keeps what an entry counted before it restarted between two scrapes', async () => {
    const map = keyed();
    map.set(key('x'), u64(10));
    const collection = new Collection([bindingOf(labelled)], [map]);
    await collection.collect();
    map.set(key('x'), u64(4));
    expect(await collection.values()).toEqual({ 'events_total a="x"': 14 });
    map.set(key('x'), u64(5));
    expect(await collection.values()).toEqual({ 'events_total a="x"': 15 });
  });

  it('sums the CPUs of a per-CPU map, with one rounding beyond 2^53', async () => {
    const map = new FakeMap({ type: 'percpu_hash', keySize: 8, cpus: 4 });
    map.set(key('x'), [u64(1), u64(2), u64(3), u64(4)]);
    map.set(key('y'), [u64(2n ** 53n), u64(1), u64(1), u64(2)]);
    const collection = new Collection([bindingOf(labelled)], [map]);
    expect(await collection.values()).toEqual({ 'events_total a="x"': 10, 'events_total a="y"': 2 ** 53 + 4 });
  });

  it('agrees with the truth and never goes down while entries come and go', async () => {
    const map = keyed();
    const decode = (bytes: Buffer) => [bytes.toString('latin1', 0, 1)];
    const collection = new Collection([bindingOf({ ...labelled, decode })], [map]);
    const random = randomNumbers(1);
    const counts = new Map<string, number>();
    const truth: Record<string, number> = {};
    for (let round = 0; round < 300; round++) {
      // Entries are deleted right after a scrape and do not return before the next: counts in between would be lost with
      // the entry, and no reader could notice.
      const deleted = [...counts.keys()].filter(() => random(4) === 0);
      for (const name of deleted) {
        counts.delete(name);
        map.delete(key(name));
      }
      for (let step = 0; step < 5; step++) {
        const name = `${'abc'[random(3)]}${random(4)}`;
        if (deleted.includes(name)) continue;
        const count = (counts.get(name) ?? 0) + random(10);
        const series = `events_total a="${name[0]}"`;
        truth[series] = (truth[series] ?? 0) + count - (counts.get(name) ?? 0);
        counts.set(name, count);
        map.set(key(name), u64(count));
      }
      expect(await collection.values()).toEqual(truth);
    }
  });
});
