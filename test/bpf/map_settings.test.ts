import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

/** As in test/fixtures/bpf/map_settings.bpf.c. */
const teller = process.pid;

describe('types and sizes of maps in the probe file', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  beforeAll(async () => {
    truth = await GroundTruth.start(fixtureProbe('map_settings', { teller }));
  });
  afterAll(() => truth?.stop());

  test('an untyped map has the fields of its types, and a stack map without sizes takes stacks', async () => {
    const measured = await truth.measure('values', 1, teller * 256 + 3, 7, 7, 9);
    expect(measured.growths('pairs_total')).toEqual({ 'kind="3",value="7"': 2, 'kind="3",value="9"': 1 });
    expect(measured.growths('recorded_stacks_total')).toEqual({ '': 3 });
  });
});
