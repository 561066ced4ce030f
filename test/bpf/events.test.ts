import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { GroundTruth, type Measurement } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

/** As in test/fixtures/bpf/records.bpf.c. */
const teller = process.pid;
const kinds = { ring: teller * 256, perf: teller * 256 + 1, short: teller * 256 + 2, withoutEnd: teller * 256 + 3 };

const values = Array.from({ length: 60 }, (_, i) => i);
const rounds = 100;
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const names = ['alpha', 'beta', '0123456789abcdef'];

describe('records of a ring buffer', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  let measured: Measurement;
  beforeAll(async () => {
    truth = await GroundTruth.start(fixtureProbe('records', { teller }));
    measured = await truth.measure('values', rounds, kinds.ring, ...values);
  });
  afterAll(() => truth?.stop());

  const growth = (metric: string, labels: Readonly<Record<string, string>> = {}) => measured.growth(metric, labels);

  test('are counted exactly by their text and their enum', () => {
    for (const [index, name] of names.entries()) {
      for (const parity of ['EVEN', 'ODD']) {
        const wanted = values.filter((value) => value % 3 === index && value % 2 === Number(parity === 'ODD'));
        expect.soft(growth('written_total', { name, parity }), `${name} ${parity}`).toBe(rounds * wanted.length);
      }
    }
  });

  test('are summed exactly; negative numbers add nothing', () => {
    for (const [index, name] of names.entries()) {
      const wanted = values.filter((value) => value % 3 === index);
      expect.soft(growth('written_values_total', { name })).toBe(rounds * sum(wanted));
    }
    expect(growth('written_results_total')).toBe(rounds * sum(values.filter((value) => value % 2 === 0)));
    expect(growth('low_total')).toBe(rounds * sum(values.map((value) => value % 8)));
  });

  test('are observed in buckets that include their bound', () => {
    expect(growth('wait_seconds_count')).toBe(rounds * values.length);
    expect(growth('wait_seconds_sum')).toBeCloseTo((rounds * sum(values)) / 1e9, 12);
    expect([...measured.buckets('wait_seconds')]).toEqual([
      [1e-8, rounds * 11],
      [1e-6, rounds * 49],
    ]);
    expect([...measured.buckets('sizes')]).toEqual([
      [1, rounds * 2],
      [2, rounds],
      [4, rounds * 2],
      [8, rounds * 4],
      [Number.POSITIVE_INFINITY, rounds * 51],
    ]);
  });

  test('pass filters of every kind', () => {
    const chosen = values.filter((value) => value % 2 === 0 && value > 0 && value !== 4 && value % 3 === 0);
    expect(growth('chosen_total')).toBe(rounds * chosen.length);
    const masked = values.filter((value) => (value & 6) !== 0 && value % 8 <= 6);
    expect(growth('masked_total')).toBe(rounds * masked.length);
  });

  test('beyond the capacity of the table are counted as other', async () => {
    const samples = await truth.scrape();
    const counts = samples.values('few_total');
    expect(sum([...counts.values()])).toBe(rounds * values.length);
    expect(counts.get('value="other"')).toBeGreaterThan(0);
  });

  test('may end within a text, and show a bitfield and a port', async () => {
    const more = await truth.measure('values', 1, kinds.withoutEnd, 9);
    expect(more.growth('paths_total', { path: '/some', port: '8001', high: '1' })).toBe(1);
    expect(growth('paths_total', { path: '/some/path', port: '8001', high: '1' })).toBe(rounds * 2);
  });

  test('that are too short are malformed', async () => {
    const of = (samples: Awaited<ReturnType<typeof truth.scrape>>, metric: string) =>
      samples.values(metric).get('probe="records",buffer="ring"')!;
    const before = await truth.scrape();
    const more = await truth.measure('values', 50, kinds.short, 3);
    expect(more.growth('written_total')).toBe(0);
    const after = await truth.scrape();
    expect(of(after, 'events_malformed_total') - of(before, 'events_malformed_total')).toBe(50);
    expect(of(after, 'events_total') - of(before, 'events_total')).toBe(50);
    expect(after.values('events_lost_total', { buffer: 'ring' }).size).toBe(0);
    expect(of(after, 'events_read_seconds_total')).toBeGreaterThan(0);
  });

  test('keep their counts when an unchanged probe is reloaded', async () => {
    const before = (await truth.scrape()).values('written_total');
    expect((await fetch(`${truth.exporter.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    expect((await truth.scrape()).values('written_total')).toEqual(before);
  });
});

describe('records of a perf buffer', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start(fixtureProbe('records', { teller }));
  });
  afterAll(() => truth?.stop());

  test('are counted, or counted as lost, exactly', async () => {
    const burst = await truth.measure('values', 20_000, kinds.perf, 1, 2, 3);
    // The kernel reports a loss together with the next record of the CPU.
    let total = burst.growth('perf_total');
    let sent = 60_000;
    const lost = async () => (await truth.scrape()).values('events_lost_total').get('probe="records",buffer="perf"')!;
    for (let attempt = 0; attempt < 50 && total + (await lost()) !== sent; attempt++) {
      total += (await truth.measure('values', 1, kinds.perf, 1)).growth('perf_total');
      sent++;
    }
    expect(total + (await lost())).toBe(sent);
    expect(await lost()).toBeGreaterThan(0);
    expect(total).toBeGreaterThan(0);
  });
});
