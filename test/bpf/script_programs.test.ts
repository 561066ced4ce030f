/** Random scripts compute in the kernel what an interpreter of their trees computes. More of them: `npm run test:fuzz`. */
import { describe, expect, test } from 'vitest';
import { needs } from '../harness/requirements.js';
import { SeededChoices } from '../script/differential/choices.js';
import { compare, findDifference } from '../script/differential/fuzz.js';

const programs = 40;

describe('random scripts', needs({ root: true, bpf: true }), () => {
  test('compute the same in the kernel and by their trees', async () => {
    const seed = Number(process.env.SANTABPF_SEED ?? 20261128);
    const finding = await findDifference(seed, programs, 0, () => undefined);
    expect(finding?.difference, `seed ${finding?.seed}\n${finding?.text}`).toBeUndefined();
  }, 120_000);

  // The compiler found no place for a value; registers and a function that is called did not fit on the stack together.
  test.each([62, 20261139])('with many values at a time fit on the stack: seed %s', async (seed) => {
    const { difference, programs: run, text } = await compare(new SeededChoices(seed));
    expect(difference, text).toBeUndefined();
    expect(run, text).toBeGreaterThan(0);
  });
});
