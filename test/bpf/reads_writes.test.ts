import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor } from '../harness/exporter.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

const reads = ['read', 'pread64', 'readv', 'preadv', 'preadv2'];
const writes = ['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2'];

describe('reads_writes', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start({ config: configFor('reads_writes') }, [
      ['read', '100', '/dev/zero'],
      ['write', '100', '/dev/null'],
    ]);
  });
  afterAll(() => truth?.stop());

  test.each([...reads.map((call) => ['read', call]), ...writes.map((call) => ['write', call])])(
    'counts bytes and sizes: %s with %s',
    async (operation, call) => {
      const command = `gt-${call}`;
      const file = operation === 'read' ? '/dev/zero' : join(truth.workload.folder, command);
      const measured = await truth.measure('--comm', command, operation!, 2000, 1500, file, call!);
      expect(measured.growths('read_write_bytes_total', { command })).toEqual({
        [`operation="${operation}"`]: 2000 * 1500,
      });
      // Everything on the host counts in the sizes.
      const sizes = measured.buckets('read_write_size_bytes', { operation: operation! });
      expect(sizes.get(2048)).toBeGreaterThanOrEqual(2000);
      expect(sizes.get(2048)).toBeLessThan(2600);
    },
  );

  test.each([
    ['read', '/dev/zero'],
    ['write', '/dev/null'],
  ])('counts sizes next to a bound in the right bucket: %s', async (operation, file) => {
    const command = `gt-edges-${operation}`;
    const works: (string | number)[][] = [];
    const expected = new Map<number, number>();
    let bytes = 0;
    for (let k = 0; k <= 24; k++) {
      for (const size of [2 ** k - 1, 2 ** k, 2 ** k + 1]) {
        // Reading 16 MiB takes milliseconds.
        const count = (k > 16 ? 10 : 100) * (1 + (works.length % 4));
        works.push(['--comm', command, operation, count, size, file]);
        if (size === 0) continue;
        bytes += count * size;
        // The shipped probe shows the bounds from 16 B to 16 MiB.
        const bound = size > 2 ** 24 ? Number.POSITIVE_INFINITY : 2 ** Math.max(4, Math.ceil(Math.log2(size)));
        expected.set(bound, (expected.get(bound) ?? 0) + count);
      }
    }
    const measured = await truth.measureAll(...works);
    // Others add to the sizes. A call in a wrong bucket would be missing in its own.
    const sizes = measured.buckets('read_write_size_bytes', { operation });
    for (const [bound, count] of expected) expect.soft(sizes.get(bound), String(bound)).toBeGreaterThanOrEqual(count);
    expect(measured.growth('read_write_bytes_total', { command, operation })).toBe(bytes);
    expect(measured.growth('read_write_size_bytes_sum', { operation })).toBeGreaterThanOrEqual(bytes);
    const all = measured.growth('read_write_bytes_total', { operation });
    expect(measured.growth('read_write_size_bytes_sum', { operation })).toBeGreaterThan(all * 0.99);
  });

  test('does not count transfers of 0 bytes', async () => {
    const measured = await truth.measure('--comm', 'gt-nothing', 'read', 1000, 0, '/dev/null');
    expect(measured.growths('read_write_bytes_total', { command: 'gt-nothing' })).toEqual({});
  });
});
