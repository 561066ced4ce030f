import { describe, expect, it } from 'vitest';
import { Pacer } from '../../src/metrics/pacer.js';
import { ProbeMetrics } from '../../src/metrics/probe_metrics.js';
import { Scrape } from '../../src/probes/scrape.js';
import { Collection, renderText } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

describe('the scrape of a probe', () => {
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
    await expect(collection.collect()).rejects.toThrow('EBADF');
    expect(await collection.show()).toMatch(/^# HELP good_total .*\n.*\ngood_total 3\n$/);
    expect(collection.metrics.counts.series).toBe(1);
    expect(await collection.values()).toEqual({ bad_total: 2, good_total: 3 });
  });

  it('refuses to be made without a reader for each map', () => {
    expect(() => new Collection([bindingOf()], [new FakeMap({ name: 'another' })])).toThrow('no reader for map events');
  });

  it('lets the event loop go on while it decodes, sums and renders', async () => {
    const map = new FakeMap({ maxEntries: 10_000 });
    for (let index = 0; index < 10_000; index++) map.set(u32(index), u64(index));
    let clock = 0;
    // The clock advances by a millisecond per reading, so the result does not depend on the machine's load.
    const pacer = new Pacer(() => clock++, 10);
    const binding = bindingOf({ labels: ['a'], decode: (key) => [String(key.readUInt32LE(0))] });
    const readers = new Map([['events', map]]);
    const metrics = new ProbeMetrics([binding], readers, { prefix: '', pacer });
    const scrape = new Scrape({ refresh: async () => {}, readers, metrics, pacer });
    let turns = 0;
    let running = true;
    const count = () => {
      turns++;
      if (running) setImmediate(count);
    };
    count();
    await scrape.run();
    const scrapeTurns = turns;
    await renderText(metrics.families, 'text', pacer);
    running = false;
    // 157 readings while binding and 10 while summing; ten fit in a slice.
    expect(scrapeTurns).toBeGreaterThan(15);
    expect(metrics.counts.series).toBe(10_000);
  });
});
