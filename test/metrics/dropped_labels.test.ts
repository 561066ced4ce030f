import { expect, test } from 'vitest';
import type { LabelSpec } from '../../src/config/probe_schema.js';
import { bind } from '../decode/bound_metrics.js';
import { fixtureMaps } from '../decode/fixture_types.js';
import { Collection } from '../harness/collection.js';
import { FakeMap } from '../harness/fake_map.js';

/** A key of the fixture with a command and an operation, and a value with a count and a histogram of one event. */
function entry(command: string, operation: number, count: number, slot: number) {
  const key = new Uint8Array(88);
  key.set(Buffer.from(command), 4);
  key[20] = operation;
  const value = new Uint8Array(272);
  const view = new DataView(value.buffer);
  view.setBigUint64(0, BigInt(count), true);
  view.setBigUint64(8, 100n, true);
  view.setBigUint64(16 + 8 * slot, BigInt(count), true);
  return { key, value };
}

const operation: LabelSpec = { from: 'key', field: 'op' };
const drop = [{ kind: 'regex', action: 'drop', pattern: '^k', replace: '' }] as const;
const dropped: LabelSpec = { from: 'key', field: 'comm', decode: drop, isDropped: true };

test('series whose remaining labels are equal are summed: counters and histograms, through restarts and ends', async () => {
  const bindings = bind([
    { name: 'events_total', map: 'ordinary_events', value: 'count', labels: { command: dropped, operation } },
    {
      name: 'latency',
      type: 'histogram',
      map: 'ordinary_events',
      value: 'latency',
      buckets: { kind: 'exp2', edges: 'ceil' },
      labels: { command: dropped, operation },
    },
  ]);
  const map = new FakeMap({
    name: 'ordinary_events',
    keySize: 88,
    valueSize: fixtureMaps().get('ordinary_events')!.valueSize,
  });
  const collection = new Collection(bindings, [map]);
  const put = (...[command, number, count, slot]: Parameters<typeof entry>) => {
    const { key, value } = entry(command, number, count, slot);
    map.set(key, value);
  };
  put('bash', 7, 3, 2);
  put('cat', 7, 4, 2);
  put('cat', 0, 1, 5);
  put('kworker', 7, 1000, 2);
  const first = await collection.values();
  const label = Object.keys(first).find((name) => name.startsWith('events_total') && name.includes('FLUSH'))!;
  const of = (values: Record<string, number>, name: string) =>
    Object.entries(values)
      .filter(([series]) => series.startsWith(`${name} `) && series.includes('FLUSH'))
      .at(-1)?.[1];
  expect([first[label], of(first, 'latency_count'), of(first, 'latency_sum')]).toEqual([7, 7, 200]);
  map.delete(entry('bash', 7, 3, 2).key);
  put('dash', 7, 10, 3);
  const second = await collection.values();
  expect([second[label], of(second, 'latency_count'), of(second, 'latency_sum')]).toEqual([17, 17, 300]);
  expect(Object.keys(second).filter((series) => series.startsWith('events_total'))).toHaveLength(2);
});
