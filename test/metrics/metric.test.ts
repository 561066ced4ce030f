import { describe, expect, it } from 'vitest';
import { entriesOf, viewOf } from '../../src/metrics/entries.js';
import { Metric } from '../../src/metrics/metric.js';
import { single } from '../../src/metrics/number_reader.js';
import { RowActivity } from '../../src/metrics/row_activity.js';
import { ScalarValue } from '../../src/metrics/scalar_value.js';
import { u32, u64 } from '../harness/fake_map.js';
import { type BindingOptions, bindingOf } from '../harness/metric_binding.js';

const never = () => false;
const none = new Uint32Array(0);

function metricOf(options: BindingOptions = {}): Metric {
  const field = { offset: 0, size: 8, signed: false } as const;
  const decode = (key: Buffer) => [String(key.readUInt32LE(0))];
  const activity = new RowActivity();
  activity.reserve(200);
  return new Metric(
    bindingOf({ labels: ['a'], decode, ...options }),
    '',
    new ScalarValue(field, single, undefined, true),
    undefined,
    activity,
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
    admit: (metric) =>
      metric.admit(
        () => u32(1),
        () => u64(1),
        never,
      ),
    finish: (metric) => metric.finish(never),
    settle: (metric) => metric.settle(0, viewOf(u64(1))),
  };
  const phases = {
    idle: { reach: () => {}, allows: ['settle'] },
    rows: { reach: (metric: Metric) => metric.open(1, 0, 0), allows: ['release', 'bind', 'startSums'] },
    sums: {
      reach: (metric: Metric) => {
        metric.open(1, 0, 0);
        metric.startSums();
      },
      allows: ['rebind', 'sum', 'sumCompanion', 'admit', 'finish'],
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
    metric.open(1, 0, 1);
    metric.bind(0, u32(1));
    metric.startSums();
    metric.sum(entries(5), 0, 1);
    update(metric, [7]);
    expect(metric.samples.values[1]).toBe(7);
  });
});

/** A complete update of rows 0, 1, ... */
function update(
  metric: Metric,
  values: number[],
  changes: { gone?: number[]; come?: Record<number, number>; now?: number } = {},
) {
  const { gone = [], come = {}, now = 0 } = changes;
  metric.open(200, now, Object.keys(come).length);
  for (const row of gone) metric.release(row);
  for (const [row, key] of Object.entries(come)) metric.bind(Number(row), u32(key));
  metric.startSums();
  const all = entries(...values);
  metric.sum(all, 0, values.length);
  const keyOf = (row: number) => u32(come[row]!);
  metric.admit(keyOf, keyOf, never);
  metric.finish(never);
}

describe('a metric', () => {
  it('shows nothing while it is hidden, until an update is complete', () => {
    const metric = metricOf();
    update(metric, [5], { come: { 0: 1 } });
    expect([metric.size, metric.isEmpty]).toEqual([1, false]);
    metric.hide();
    metric.open(1, 0, 0);
    metric.startSums();
    expect([metric.size, metric.isEmpty]).toEqual([0, true]);
    metric.finish(never);
    expect([metric.size, metric.isEmpty]).toEqual([1, false]);
  });

  it('removes series in slices, of which each ends when it is due', () => {
    const metric = metricOf({ type: 'gauge' });
    const rows = Array.from({ length: 200 }, (_, row) => row);
    update(metric, rows, { come: Object.fromEntries(rows.map((row) => [row, row])) });
    metric.open(200, 0, 0);
    for (const row of rows) metric.release(row);
    metric.startSums();
    const sizes: number[] = [];
    while (!metric.finish(() => true)) sizes.push(metric.size);
    expect(sizes).toEqual([136, 72, 8]);
    expect(metric.size).toBe(0);
  });

  it('keeps a series that got another row before it was removed', () => {
    const metric = metricOf({ type: 'gauge' });
    update(metric, [1], { come: { 0: 1 } });
    update(metric, [0, 1], { gone: [0], come: { 1: 1 } });
    expect(metric.size).toBe(1);
    update(metric, [], { gone: [1] });
    expect(metric.size).toBe(0);
  });

  it('never expires the series `other` of a counter', () => {
    const metric = metricOf({ limit: 0, expireMs: 1 });
    update(metric, [1], { come: { 0: 1 } });
    update(metric, [], { gone: [0], now: 1000 });
    expect(metric.size).toBe(1);
  });
});
