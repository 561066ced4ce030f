import type { MetricBinding } from '../../src/decode/metric_binding.js';
import type { MetricValue } from '../../src/decode/metric_value.js';
import type { Family } from '../../src/metrics/family.js';
import { Collection } from './collection.js';
import { FakeMap, u32, u64 } from './fake_map.js';
import { bindingOf } from './metric_binding.js';
import { plainFamily } from './plain_family.js';

const sum = { offset: 0, size: 8, signed: false } as const;
const withSum: MetricValue = { kind: 'histogram', field: { sum, buckets: { offset: 8, count: 4, size: 8 } } };
const withoutSum: MetricValue = { kind: 'histogram', field: { buckets: { offset: 8, count: 4, size: 8 } } };
const hostile = ['plain', 'say "hi"', 'back\\slash\\n', 'two\nlines', ',k:|{}=', 'é🎅', ''];

/** Families of every type, with and without labels, hostile label values included, for other parsers to read. */
export async function referenceFamilies(): Promise<readonly Family[]> {
  const map = new FakeMap({ valueSize: 40 });
  for (const index of hostile.keys()) map.set(u32(index), u64(3_000_000_001 + index, 4, 0, 1, 2));
  const labelled = { labels: ['a', 'job=x'], decode: (key: Buffer) => [hostile[key.readUInt32LE(0)]!] };
  const linear = { kind: 'linear', start: -10, step: 5 } as const;
  const bindings: MetricBinding[] = [
    bindingOf({ ...labelled, name: 'busy_seconds_total', help: 'A "quoted"\nand \\ broken line.', unit: 'ns' }),
    bindingOf({ ...labelled, name: 'entries', type: 'gauge' }),
    bindingOf({ ...labelled, name: 'wait_seconds', unit: 'ns', read: withSum }),
    bindingOf({ ...labelled, name: 'sizes', read: withoutSum }),
    bindingOf({ name: 'steps', read: withSum, buckets: linear }),
    bindingOf({ name: 'all_total' }),
  ];
  const collection = new Collection(bindings, [map], 'reference_');
  await collection.collect();
  const limits = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e300, 5e-324, 2 ** 53];
  const samples = limits.map((value, index) => ({ labels: [['n', String(index)] as const], value }));
  return [...collection.metrics.families, plainFamily('reference_limits', 'gauge', 'Limits.', samples)];
}
