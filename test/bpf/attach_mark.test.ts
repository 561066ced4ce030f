import { expect, test } from 'vitest';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { GroundTruth } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';

test('a program at post_attach_mark runs once its object is attached', needs({ root: true, bpf: true }), async () => {
  const truth = await GroundTruth.start(fixtureProbe('first_values'));
  try {
    expect(Object.fromEntries((await truth.scrape()).values('first_value'))).toEqual({ '': 1 });
  } finally {
    await truth.stop();
  }
});
