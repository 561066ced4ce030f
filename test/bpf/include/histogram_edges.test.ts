import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureProbe } from '../../harness/fixture_objects.js';
import { GroundTruth, type Measurement } from '../../harness/ground_truth.js';
import { needs } from '../../harness/requirements.js';

/** As in test/fixtures/bpf/values.bpf.c. */
const teller = process.pid;
const kinds = { time: teller * 256, size: teller * 256 + 1 };

const largest = 2n ** 64n - 1n;
const nanosecondsPerSecond = 10n ** 9n;

/** 2^k-1, 2^k and 2^k+1 for every k of a 64-bit number. */
const sizes = edgesOf(Array.from({ length: 64 }, (_, k) => 2n ** BigInt(k)));
/** The same around the bounds of times: 2^i of 2^-30 s, in whole nanoseconds. */
const times = edgesOf(Array.from({ length: 65 }, (_, i) => (2n ** BigInt(i) * nanosecondsPerSecond) >> 30n));

describe('histograms of the BPF library', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start(fixtureProbe('values', { teller }));
  });
  afterAll(() => truth?.stop());

  test('show each size in the one bucket whose bounds contain it', async () => {
    const measured = await truth.measure('values', 1, kinds.size, ...[...sizes, largest].map(String));
    for (const size of [...sizes, largest]) {
      const [above, upTo] = bucketOf(measured, 'sizes', size);
      const contained = (above === undefined || size > BigInt(above)) && (upTo === undefined || size <= BigInt(upTo));
      expect.soft(contained, `${size} in (${above}, ${upTo}]`).toBe(true);
      // The last finite bound of the library is 2^31.
      expect.soft(upTo === undefined).toBe(size > 2n ** 31n);
      expect.soft(measured.growth('sizes_sum', { value: String(size) })).toBe(Number(size));
    }
  });

  test('show each time in the one bucket whose bounds contain it', async () => {
    const measured = await truth.measure('values', 1, kinds.time, ...[...times, largest].map(String));
    for (const time of [...times, largest]) {
      const [above, upTo] = bucketOf(measured, 'times_seconds', time);
      const contained = (above === undefined || isLonger(time, above)) && (upTo === undefined || !isLonger(time, upTo));
      expect.soft(contained, `${time} ns in (${above}, ${upTo}] s`).toBe(true);
      // The last finite bound of the library is 32 s.
      expect.soft(upTo === undefined).toBe(time > 32n * nanosecondsPerSecond);
      expect.soft(measured.growth('times_seconds_sum', { value: String(time) })).toBe(Number(time) / 1e9);
    }
  });

  test('count the same value as often as it is observed, on both CPUs', async () => {
    const measured = await truth.measure('values', 70_000, kinds.size, 4096, 4097);
    expect(measured.buckets('sizes', { value: '4096' })).toEqual(new Map([[4096, 70_000]]));
    expect(measured.buckets('sizes', { value: '4097' })).toEqual(new Map([[8192, 70_000]]));
    expect(measured.growth('sizes_sum', { value: '4097' })).toBe(4097 * 70_000);
  });
});

function edgesOf(bounds: readonly bigint[]): readonly bigint[] {
  const edges = bounds.flatMap((bound) => [bound - 1n, bound, bound + 1n]);
  return [...new Set(edges)].filter((edge) => edge >= 0n && edge <= largest);
}

/** The bounds of the bucket with the only observation: above the first, up to the second; undefined without one. */
function bucketOf(measured: Measurement, metric: string, value: bigint): [number | undefined, number | undefined] {
  const labels = { value: String(value) };
  const filled = [...measured.buckets(metric, labels)];
  expect(filled, `${metric} of ${value}`).toHaveLength(1);
  const [bound, count] = filled[0]!;
  expect(count).toBe(1);
  const bounds = measured.bounds(metric, labels);
  const below = bounds[bounds.indexOf(bound) - 1];
  return [below, bound === Number.POSITIVE_INFINITY ? undefined : bound];
}

/** Whether a time is longer than the seconds, which are a power of two. Exact. */
function isLonger(nanoseconds: bigint, seconds: number): boolean {
  const exponent = Math.log2(seconds);
  if (!Number.isInteger(exponent)) throw new Error(`Expected a power of two but received ${seconds}`);
  // Both sides times 2^64.
  return nanoseconds * 2n ** 64n > nanosecondsPerSecond * 2n ** BigInt(64 + exponent);
}
