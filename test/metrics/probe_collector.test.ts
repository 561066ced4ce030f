import { describe, expect, it } from 'vitest';
import { Pacer } from '../../src/metrics/pacer.js';
import { ProbeCollector } from '../../src/metrics/probe_collector.js';
import { Collection, renderText } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

describe('the collector of a probe', () => {
  it('hides the metrics of a map that cannot be read, shows the others, and recovers', async () => {
    const good = new FakeMap({ name: 'good' });
    const bad = new FakeMap({ name: 'bad' });
    good.set(u32(1), u64(1));
    bad.set(u32(1), u64(2));
    const bindings = [bindingOf({ name: 'bad_total', map: 'bad' }), bindingOf({ name: 'good_total', map: 'good' })];
    const collection = new Collection(bindings, [good, bad]);
    expect(await collection.values()).toEqual({ bad_total: 2, good_total: 1 });
    bad.failure = new Error('EBADF');
    good.set(u32(1), u64(3));
    await expect(collection.collector.collect()).rejects.toThrow('EBADF');
    expect(await collection.show()).toMatch(/^# HELP good_total .*\n.*\ngood_total 3\n$/);
    expect(collection.collector.counts.series).toBe(1);
    expect(await collection.values()).toEqual({ bad_total: 2, good_total: 3 });
  });

  it('joins calls that come while it runs', async () => {
    const map = new FakeMap();
    const { collector } = new Collection([bindingOf()], [map]);
    await Promise.all([collector.collect(), collector.collect()]);
    expect(map.reads).toBe(1);
    await collector.collect();
    expect(map.reads).toBe(2);
  });

  it('refuses to be made without a reader for each map', () => {
    expect(() => new Collection([bindingOf()], [new FakeMap({ name: 'another' })])).toThrow('no reader for map events');
  });

  it('lets the event loop go on while it decodes, collects and renders', async () => {
    const map = new FakeMap({ maxEntries: 10_000 });
    for (let index = 0; index < 10_000; index++) map.set(u32(index), u64(index));
    let clock = 0;
    // Every look at the clock is a millisecond: slices are counted, so that a busy machine makes no difference.
    const pacer = new Pacer(() => clock++, 10);
    const binding = bindingOf({ labels: ['a'], decode: (key) => [String(key.readUInt32LE(0))] });
    const collector = new ProbeCollector([binding], new Map([['events', map]]), { prefix: '', pacer });
    let turns = 0;
    let running = true;
    const count = () => {
      turns++;
      if (running) setImmediate(count);
    };
    count();
    await collector.collect();
    const collectTurns = turns;
    await renderText(collector.families, 'text', pacer);
    running = false;
    // 157 looks while binding and 10 while summing, of which ten fit in a slice.
    expect(collectTurns).toBeGreaterThan(15);
    expect(collector.counts.series).toBe(10_000);
  });
});

describe('the pacer', () => {
  it('gives each of several waiters a slice of its own', async () => {
    let now = 0;
    const pacer = new Pacer(() => now, 5);
    const order: string[] = [];
    const work = async (name: string) => {
      for (let step = 0; step < 3; step++) {
        await pacer.pause();
        order.push(`${name} ${pacer.isDue}`);
        now += 5;
        expect(pacer.isDue).toBe(true);
      }
    };
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    await Promise.all([work('a'), work('b')]);
    clearInterval(count);
    expect(order).toEqual(['a false', 'b false', 'a false', 'b false', 'a false', 'b false']);
  });
});
