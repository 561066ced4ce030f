import { expect, test } from 'vitest';
import { recordCounter } from '../fuzz/event_records.js';
import { addon } from '../harness/native_addon.js';
import { randomNumbers } from '../harness/random.js';

// `npm run test:fuzz` has a million inputs.
test('random records are counted as random streams say', () => {
  const isCounted = recordCounter(addon.countRecords);
  const random = randomNumbers(20_261_128);
  let counted = 0;
  for (let i = 0; i < 2000; i++) if (isCounted(random)) counted++;
  expect(counted).toBeGreaterThan(500);
  expect(counted).toBeLessThan(2000);
});

test('a damaged plan is refused', () => {
  for (const plan of [[], [2], [1, 0, 0, 0], [1, 8, 8, 1, 1, 0]]) {
    const words = new Uint8Array(BigUint64Array.from(plan.map(BigInt)).buffer);
    expect(() => addon.countRecords(words, new Uint8Array(0))).toThrow(/plan|key|stream|outside/);
  }
});
