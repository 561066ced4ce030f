import { describe, expect, it } from 'vitest';
import { entriesOf, viewOf } from '../../src/metrics/entries.js';
import { Metric } from '../../src/metrics/metric.js';
import { single } from '../../src/metrics/number_reader.js';
import { ScalarValue } from '../../src/metrics/scalar_value.js';
import { u32, u64 } from '../harness/fake_map.js';
import { type BindingOptions, bindingOf } from '../harness/metric_binding.js';

const never = () => false;
const none = new Uint32Array(0);

function metricOf(options: BindingOptions = {}): Metric {
  const field = { offset: 0, size: 8, signed: false } as const;
  const decode = (key: Buffer) => [String(key.readUInt32LE(0))];
  return new Metric(
    bindingOf({ labels: ['a'], decode, ...options }),
    '',
    new ScalarValue(field, single, undefined, true),
    undefined,
  );
}

/** Entries of rows 0, 1, ... */
function entries(...values: number[]) {
  const snapshot = { rowLimit: values.length, addedRows: none, addedKeys: new Uint8Array(0), goneRows: none };
  const rows = Uint32Array.from(values.keys());
  return entriesOf({ ...snapshot, count: values.length, rows, values: u64(...values) }, 8);
}

describe('the order of an update', () => {
  const steps: Record<string, (metric: Metric) => unknown> = {
    release: (metric) => metric.release(0),
    bind: (metric) => metric.bind(0, u32(1)),
    startSums: (metric) => metric.startSums(),
    rebind: (metric) => metric.rebind(0, u32(1), u64(1)),
    sum: (metric) => metric.sum(entries(1), 0, 1),
    sumCompanion: (metric) => metric.sumCompanion(viewOf(u64(1))),
    finish: (metric) => metric.finish(never),
    settle: (metric) => metric.settle(0, viewOf(u64(1))),
  };
  const phases = {
    idle: { reach: () => {}, allows: ['settle'] },
    rows: { reach: (metric: Metric) => metric.open(1, 0), allows: ['release', 'bind', 'startSums'] },
    sums: {
      reach: (metric: Metric) => {
        metric.open(1, 0);
        metric.startSums();
      },
      allows: ['rebind', 'sum', 'sumCompanion', 'finish'],
    },
  };

  it.each(Object.entries(phases))('is checked in phase %s', (phase, { reach, allows }) => {
    const allowed = Object.keys(steps).filter((step) => {
      const metric = metricOf();
      reach(metric);
      try {
        steps[step]!(metric);
        return true;
      } catch (error) {
        expect(String(error)).toContain(`TypeError: metric events_total is in phase ${phase}, not `);
        return false;
      }
    });
    expect(allowed).toEqual(allows);
  });

  it('begins again after an update that did not finish', () => {
    const metric = metricOf();
    metric.open(1, 0);
    metric.bind(0, u32(1));
    metric.startSums();
    metric.sum(entries(5), 0, 1);
    metric.open(1, 0);
    metric.startSums();
    metric.sum(entries(7), 0, 1);
    expect(metric.finish(never)).toBe(true);
    expect(metric.samples.values[0]).toBe(7);
  });
});

describe('a metric', () => {
  it('shows nothing while it is hidden, until an update is complete', () => {
    const metric = metricOf();
    metric.open(1, 0);
    metric.bind(0, u32(1));
    metric.startSums();
    metric.finish(never);
    expect([metric.size, metric.isEmpty]).toEqual([1, false]);
    metric.hide();
    metric.open(1, 0);
    metric.startSums();
    expect([metric.size, metric.isEmpty]).toEqual([0, true]);
    metric.finish(never);
    expect([metric.size, metric.isEmpty]).toEqual([1, false]);
  });

  it('removes series in slices, of which each ends when it is due', () => {
    const metric = metricOf({ type: 'gauge' });
    metric.open(200, 0);
    for (let row = 0; row < 200; row++) metric.bind(row, u32(row));
    metric.startSums();
    metric.finish(never);
    metric.open(200, 0);
    for (let row = 0; row < 200; row++) metric.release(row);
    metric.startSums();
    const sizes: number[] = [];
    while (!metric.finish(() => true)) sizes.push(metric.size);
    expect(sizes).toEqual([136, 72, 8]);
    expect(metric.size).toBe(0);
  });

  it('keeps a series that got another row before it was removed', () => {
    const metric = metricOf({ type: 'gauge' });
    metric.open(2, 0);
    metric.bind(0, u32(1));
    metric.startSums();
    metric.finish(never);
    metric.open(2, 0);
    metric.release(0);
    metric.bind(1, u32(1));
    metric.startSums();
    metric.finish(never);
    expect(metric.size).toBe(1);
    metric.open(2, 0);
    metric.release(1);
    metric.startSums();
    metric.finish(never);
    expect(metric.size).toBe(0);
  });

  it('never expires the series `other` of a counter', () => {
    const metric = metricOf({ limit: 0, expireMs: 1 });
    metric.open(1, 0);
    metric.bind(0, u32(1));
    metric.startSums();
    metric.finish(never);
    metric.open(1, 1000);
    metric.release(0);
    metric.startSums();
    metric.finish(never);
    expect(metric.size).toBe(1);
  });
});
