import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureProbe } from '../../harness/fixture_objects.js';
import { GroundTruth } from '../../harness/ground_truth.js';
import { needs } from '../../harness/requirements.js';

/** As in test/fixtures/bpf/values.bpf.c. */
const teller = process.pid;
const kinds = { scarce: teller * 256 + 2, racing: teller * 256 + 3, racingHistogram: teller * 256 + 4 };

// The order matters: a full map stays full.
describe('maps of the BPF library', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start(fixtureProbe('values', { teller }));
  });
  afterAll(() => truth?.stop());

  test('count keys beyond a full map as other, and count these updates', async () => {
    const values = Array.from({ length: 20 }, (_, index) => 1000 + index);
    const measured = await truth.measure('values', 300, kinds.scarce, ...values);
    const own = Object.fromEntries(values.slice(0, 8).map((value) => [`value="${value}"`, 300]));
    expect(measured.growths('scarce_total')).toEqual({ ...own, 'value="other"': 12 * 300 });
    expect(measured.growths('lost_updates_total', { map: 'scarce_counts' })).toEqual({ 'probe="values"': 12 * 300 });
    // Keys that are in the map are still counted under their own labels.
    const again = await truth.measure('values', 10, kinds.scarce, 1003, 1019);
    expect(again.growths('scarce_total')).toEqual({ 'value="1003"': 10, 'value="other"': 10 });
  });

  test('count every update of keys that are new on two CPUs at once', async () => {
    const measured = await truth.measure('race', 2500, kinds.racing);
    const growths = Object.values(measured.growths('racing_total'));
    expect(growths).toHaveLength(2500);
    expect(new Set(growths)).toEqual(new Set([2]));
    expect(measured.growths('lost_updates_total', { map: 'racing_counts' })).toEqual({});
  });

  test('lose no count when they fill up while two CPUs race', async () => {
    const measured = await truth.measure('race', 6000, kinds.racing);
    const { 'value="other"': other, ...own } = measured.growths('racing_total');
    const sum = Object.values(own).reduce((total, growth) => total + growth, 0);
    expect(sum + other!).toBe(12_000);
    expect(measured.growth('lost_updates_total', { map: 'racing_counts' })).toBe(other);
    expect((await truth.scrape()).values('map_entries', { map: 'racing_counts' }).get('probe="values"')).toBe(3000);
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
