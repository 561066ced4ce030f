import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { GroundTruth, type Measurement } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

/** As in test/fixtures/bpf/shapes.bpf.c. */
const teller = process.pid;
const kind = teller * 256;

/** 2^k-1, 2^k and 2^k+1. */
const values = [
  ...new Set([
    ...Array.from({ length: 34 }, (_, k) => [2 ** k - 1, 2 ** k, 2 ** k + 1]).flat(),
    ...[1500, 9, 10, 99, 100, 1000, 1999, 2000, 2_047_999, 2_048_000],
  ]),
];
const total = values.reduce((sum, value) => sum + value);

describe('histograms and counters of other projects', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  let measured: Measurement;
  beforeAll(async () => {
    truth = await GroundTruth.start(fixtureProbe('shapes', { teller }));
    measured = await truth.measure('values', 1, kind, ...values);
  });
  afterAll(() => truth?.stop());

  test.each([
    ['things', 2 ** 26],
    ['with_zero', 2 ** 30],
    ['exponents', 2 ** 27],
    ['steps', 2000],
  ])('%s: each value is in the one bucket whose bounds contain it', (metric, end) => {
    for (const value of values) {
      const [below, upTo] = bucketOf(measured, metric, value);
      expect.soft(value > below && value <= upTo, `${value} in (${below}, ${upTo}]`).toBe(true);
      expect.soft(upTo === Number.POSITIVE_INFINITY, `${value} in +Inf`).toBe(value >= end);
    }
  });

  test('a duration is in the one bucket whose bounds contain it, although it was cut to microseconds', () => {
    for (const value of values) {
      const [below, upTo] = bucketOf(measured, 'wait_seconds', value);
      const contained = value >= Math.round(below * 1e9) && value < Math.round(upTo * 1e9);
      expect.soft(contained, `${value} ns in [${below}, ${upTo}) s`).toBe(true);
    }
  });

  test('a slot for zeros counts zeros only', () => {
    expect(bucketOf(measured, 'with_zero', 0)).toEqual([Number.NEGATIVE_INFINITY, 0]);
    expect(bucketOf(measured, 'with_zero', 1)).toEqual([0, 1]);
  });

  test('sums are exact, in a field, in the entry after the last, and in the element after the last', () => {
    for (const value of values) {
      const labels = { value: String(value) };
      expect.soft(measured.growth('with_zero_sum', labels)).toBe(value);
      expect.soft(measured.growth('exponents_sum', labels)).toBe(value);
      expect.soft(measured.growth('exponents_count', labels)).toBe(1);
    }
    expect(measured.growth('by_index_sum')).toBe(total);
    expect(measured.growth('by_index_count')).toBe(values.length);
  });

  test('an array of buckets counts every value up to its bound', () => {
    const buckets = measured.buckets('by_index');
    let counted = 0;
    for (const [bound, count] of buckets) {
      counted += count;
      expect.soft(counted, `up to ${bound}`).toBe(values.filter((value) => value <= bound).length);
    }
  });

  // Each step is a measurement of its own.
  test('counters of 32 bits wrap without a loss', { timeout: 90_000 }, async () => {
    const before = await truth.scrape();
    const steps = [7, 10, 1_500_000_000, 1_500_000_000, 1_500_000_000, 1_500_000_000];
    for (const step of steps) await truth.measure('values', 1, kind, step);
    const after = await truth.scrape();
    for (const metric of ['narrow_total', 'narrow_on_cpus_total']) {
      expect.soft(after.values(metric).get('')! - before.values(metric).get('')!, metric).toBe(6_000_000_017);
    }
  });
});

/** The bounds of the bucket with the only observation of a value: above the first, up to the second. */
function bucketOf(measured: Measurement, metric: string, value: number): [number, number] {
  const labels = { value: String(value) };
  const filled = [...measured.buckets(metric, labels)];
  expect(filled, `${metric} of ${value}`).toHaveLength(1);
  const [bound, count] = filled[0]!;
  expect(count).toBe(1);
  const bounds = measured.bounds(metric, labels);
  return [bounds[bounds.indexOf(bound) - 1] ?? Number.NEGATIVE_INFINITY, bound];
}
