import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureProbe } from '../../harness/fixture_objects.js';
import { GroundTruth } from '../../harness/ground_truth.js';
import { needs } from '../../harness/requirements.js';

/** As in test/fixtures/bpf/values.bpf.c. */
const teller = process.pid;
const kinds = { scarce: teller * 256 + 2, racing: teller * 256 + 3, racingHistogram: teller * 256 + 4 };

describe('maps of the BPF library', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start(fixtureProbe('values', { teller }));
  });
  afterAll(() => truth?.stop());

  test('count keys beyond the share of a user as other, and count these updates', async () => {
    const values = Array.from({ length: 20 }, (_, index) => 1000 + index);
    const measured = await truth.measure('values', 300, kinds.scarce, ...values);
    // One user gets half of the eight places.
    const own = Object.fromEntries(values.slice(0, 4).map((value) => [`value="${value}"`, 300]));
    expect(measured.growths('scarce_total')).toEqual({ ...own, 'value="other"': 16 * 300 });
    expect(measured.growths('lost_updates_total', { map: 'scarce_counts' })).toEqual({ 'probe="values"': 16 * 300 });
    // Keys that are in the map are still counted under their own labels, and the scrape made places for new ones.
    const again = await truth.measure('values', 10, kinds.scarce, 1003, 1019);
    expect(again.growths('scarce_total')).toEqual({ 'value="1003"': 10, 'value="1019"': 10 });
  });

  test('evict entries before they are full, and keep what they counted', async () => {
    for (let first = 2000; first < 2040; first += 2) {
      const measured = await truth.measure('values', 50, kinds.scarce, first, first + 1);
      expect(measured.growths('scarce_total')).toEqual({ [`value="${first}"`]: 50, [`value="${first + 1}"`]: 50 });
    }
    const again = await truth.measure('values', 5, kinds.scarce, 2000);
    expect(again.growths('scarce_total')).toEqual({ 'value="2000"': 5 });
    expect((await truth.scrape()).values('scarce_total').get('value="2000"')).toBe(55);
  });

  test('count every update of keys that are new on two CPUs at once', async () => {
    // A key that two CPUs add at once takes two of the 1,500 places that one user gets.
    const measured = await truth.measure('race', 700, kinds.racing);
    const growths = Object.values(measured.growths('racing_total'));
    expect(growths).toHaveLength(700);
    expect(new Set(growths)).toEqual(new Set([2]));
    expect(measured.growths('lost_updates_total', { map: 'racing_counts' })).toEqual({});
  });

  test('lose no count when they fill up while two CPUs race', async () => {
    const measured = await truth.measure('race', 6000, kinds.racing);
    const { 'value="other"': other, ...own } = measured.growths('racing_total');
    const sum = Object.values(own).reduce((total, growth) => total + growth, 0);
    expect(sum + other!).toBe(12_000);
    expect(measured.growth('lost_updates_total', { map: 'racing_counts' })).toBe(other);
  });

  test('lose no observation of a histogram', async () => {
    const measured = await truth.measure('race', 4000, kinds.racingHistogram);
    expect(measured.growth('racing_sizes_count')).toBe(8000);
    expect(measured.growth('racing_sizes_sum')).toBe(2 * ((3999 * 4000) / 2));
    expect(measured.growth('racing_sizes_count', { value: 'other' })).toBe(
      measured.growth('lost_updates_total', { map: 'racing_sizes' }),
    );
    for (const [value, count] of Object.entries(measured.growths('racing_sizes_count'))) {
      if (value !== 'value="other"') expect.soft(count, value).toBeLessThanOrEqual(2);
    }
  });
});
