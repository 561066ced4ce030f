import { cpus } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { GroundTruth, type Measurement } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

/** As in test/fixtures/bpf/dimensions.bpf.c. */
const teller = process.pid;
const told = { 0: [1, 2, 3, 5], 1: [8, 8], 3: [9] };
const values = Object.values(told).flat();
const total = values.reduce((sum, value) => sum + value);

describe('values by CPU, in arrays, and in several maps and fields', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  let measured: Measurement;
  beforeAll(async () => {
    truth = await GroundTruth.start(fixtureProbe('dimensions', { teller }));
    const works = Object.entries(told).map(([kind, list]) => ['values', 1, teller * 256 + Number(kind), ...list]);
    measured = await truth.measureAll(...works);
  });
  afterAll(() => truth?.stop());

  test('the elements of an array are series, on every CPU', () => {
    const growths = measured.growths('calls_total');
    const byKind = sumBy(growths, /kind="(\w+)"/);
    expect(byKind).toEqual({ read: 4, write: 2, sync: 1 });
    expect(sumBy(growths, /cpu="(\d+)"/)).toEqual(sumBy(measured.growths('calls_by_cpu_total'), /cpu="(\d+)"/));
  });

  test('elements and CPUs that never counted are left out, unless zeros are wanted', async () => {
    const now = await truth.scrape();
    expect([...now.values('calls_by_cpu_total').keys()].length).toBeLessThanOrEqual(cpus().length);
    expect(sumBy(Object.fromEntries(now.values('calls_total')), /kind="(\w+)"/)).not.toHaveProperty('2');
    expect(Object.fromEntries(now.values('told_total'))).toEqual({
      'kind="0"': 11,
      'kind="1"': 16,
      'kind="2"': 0,
      'kind="3"': 9,
    });
  });

  test('histograms in an array are series, on every CPU', () => {
    const counts = sumBy(measured.growths('sizes_count'), /bit="(\d)"/);
    expect(counts).toEqual({ 0: 4, 1: 3 });
    const upTo8 = sumBy(measured.growths('sizes_bucket', { le: '8.0' }), /bit="(\d)"/);
    const upTo9 = sumBy(measured.growths('sizes_bucket', { le: '9.0' }), /bit="(\d)"/);
    expect([upTo8, upTo9]).toEqual([
      { 0: 4, 1: 2 },
      { 0: 4, 1: 3 },
    ]);
  });

  test('several fields and several maps are one metric', async () => {
    expect(measured.growths('bytes_total')).toEqual({ 'direction="in"': total, 'direction="out"': 2 * total });
    expect(measured.growths('values_total')).toEqual({
      'parity="even",value="2"': 1,
      'parity="even",value="8"': 2,
      'parity="odd",value="1"': 1,
      'parity="odd",value="3"': 1,
      'parity="odd",value="5"': 1,
      'parity="odd",value="9"': 1,
    });
    const text = await truth.exporter.get('/metrics', { accept: 'text/plain' });
    expect(text.match(/# TYPE santabpf_values_total counter/g)).toHaveLength(1);
  });

  test('a gauge of a per-CPU map has a series for each CPU, or combines them', async () => {
    const now = await truth.scrape();
    expect(Object.fromEntries(now.values('degrees'))).toEqual({ 'cpu="0"': -50, 'cpu="1"': 70 });
    const combined = { sum_of_cpus: 20, max: 70, min: -50, avg: 10, last: -50 };
    for (const [name, value] of Object.entries(combined)) {
      expect.soft(now.values(`degrees_${name}`).get(''), name).toBe(value);
    }
  });

  test('bitfields, bools, signed integers, enums and floating-point numbers are read as they are', async () => {
    const now = await truth.scrape();
    const labels = { name: 'WORKING', address: '0xfeed' };
    expect(Object.fromEntries(now.values('setting', labels))).toEqual({
      'setting="mode"': 5,
      'setting="offset"': -7,
      'setting="enabled"': 1,
      'setting="level"': -100,
      'setting="state"': 1,
      'setting="ratio"': 0.1,
      'setting="share"': -0.5,
    });
    expect(now.values('fixed_ratio').get('')).toBe(0.25);
  });
});

/** Adds up series by what a pattern finds in their labels. */
function sumBy(series: Readonly<Record<string, number>>, label: RegExp): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [labels, value] of Object.entries(series)) {
    const name = label.exec(labels)![1]!;
    sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}
