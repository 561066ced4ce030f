import { describe, expect, it } from 'vitest';
import type { MetricValue } from '../../src/decode/metric_value.js';
import { Collection } from '../harness/collection.js';
import { FakeMap, u32, u64 } from '../harness/fake_map.js';
import { bindingOf } from '../harness/metric_binding.js';

describe('the reader of histograms', () => {
  it.each([
    [4, u32(0xffff_ffff, 1, 0xffff_fffe)],
    [8, u64(0xffff_ffff, 1, 0xffff_fffe)],
    [8, u64(2 ** 33 + 1, 2 ** 40, 2 ** 32)],
  ] as const)('reads counts of %d bytes in full', async (size, value) => {
    const map = new FakeMap({ valueSize: 3 * size });
    map.set(u32(0), value);
    const read: MetricValue = { kind: 'histogram', field: { buckets: { offset: 0, count: 3, size } } };
    const counts =
      size === 4 ? [...new Uint32Array(value.buffer, 0, 3)] : [...new BigUint64Array(value.buffer, 0, 3)].map(Number);
    expect(Object.values(await new Collection([bindingOf({ read })], [map]).values())).toEqual([
      counts[0],
      counts[0]! + counts[1]!,
      counts[0]! + counts[1]! + counts[2]!,
      counts[0]! + counts[1]! + counts[2]!,
    ]);
  });
});
