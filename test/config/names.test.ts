import { expect, test } from 'vitest';
import { claimedNames, isReserved } from '../../src/config/names.js';
import { OwnMetrics } from '../../src/metrics/own_metrics.js';

test('the names of the metrics about the exporter are reserved', () => {
  const { registry } = new OwnMetrics({ version: '', libbpf: '', node: '', kernel: '' });
  const names = registry.getMetricsAsArray().map(({ name }) => name);
  expect(names.length).toBeGreaterThan(10);
  const type = (name: string) => (name.endsWith('_total') ? 'counter' : 'gauge');
  expect(names.filter((name) => !isReserved(name, type(name)))).toEqual([]);
});

test.each([
  ['a_total', 'counter', ['a_total', 'a']],
  ['a', 'gauge', ['a']],
  ['a', 'histogram', ['a', 'a_bucket', 'a_count', 'a_sum']],
])('%s, a %s, takes up %j', (name, type, claimed) => {
  expect(claimedNames(name, type)).toEqual(claimed);
});
