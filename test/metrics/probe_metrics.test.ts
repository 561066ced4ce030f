import { describe, expect, it } from 'vitest';
import { Pacer } from '../../src/metrics/pacer.js';
import { ProbeMetrics } from '../../src/metrics/probe_metrics.js';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

const decode = (key: Buffer) => [`n${key.readUInt32LE(0)}`];

describe('the metrics of a probe', () => {
  it('each show the map they read, and are counted together', async () => {
    const [reads, writes] = [new FakeMap({ name: 'reads' }), new FakeMap({ name: 'writes', maxEntries: 8 })];
    for (const index of [1, 2, 3]) reads.set(u32(index), u64(index));
    writes.set(u32(9), u64(90));
    const labelled = { labels: ['a'], decode };
    const bindings = [
      bindingOf({ ...labelled, name: 'reads_total', map: 'reads' }),
      bindingOf({ ...labelled, name: 'writes_total', map: 'writes' }),
      bindingOf({ name: 'all_reads_total', map: 'reads' }),
    ];
    const collection = new Collection(bindings, [writes, reads]);
    expect(await collection.values()).toEqual({
      'reads_total a="n1"': 1,
      'reads_total a="n2"': 2,
      'reads_total a="n3"': 3,
      'writes_total a="n9"': 90,
      all_reads_total: 6,
    });
    expect(collection.metrics.families.map(({ name }) => name)).toEqual(bindings.map(({ spec }) => spec.name));
    expect(collection.metrics.counts).toEqual({
      series: 5,
      metrics: [
        { name: 'reads_total', series: 3, dropped: 0, decodeErrors: 0 },
        { name: 'writes_total', series: 1, dropped: 0, decodeErrors: 0 },
        { name: 'all_reads_total', series: 1, dropped: 0, decodeErrors: 0 },
      ],
      maps: [
        { name: 'reads', type: 'hash', entries: 3, maxEntries: 1024, lost: 0 },
        { name: 'writes', type: 'hash', entries: 1, maxEntries: 8, lost: 0 },
      ],
    });
    collection.metrics.hide();
    expect(await collection.show()).toBe('');
    expect(collection.metrics.counts.series).toBe(0);
  });

  it('find the value of each CPU at the next multiple of 8 bytes', async () => {
    const map = new FakeMap({ type: 'percpu_hash', valueSize: 12, cpus: 3 });
    const cpu = (low: number, high: number) => u32(low, 0, high);
    map.set(u32(1), [cpu(1, 100), cpu(2, 200), cpu(3, 300)]);
    const high = { kind: 'number', field: { offset: 8, size: 4, signed: false } } as const;
    const bindings = [bindingOf({ name: 'low_total' }), bindingOf({ name: 'high_total', read: high })];
    expect(await new Collection(bindings, [map]).values()).toEqual({ low_total: 6, high_total: 600 });
  });

  it('cannot be made without the maps they read', () => {
    const pacer = new Pacer(() => 0);
    expect(() => new ProbeMetrics([bindingOf({ map: 'reads' })], new Map(), { prefix: '', pacer })).toThrow(
      new TypeError('no reader for map reads'),
    );
  });
});
