import { expect, test } from 'vitest';
import { randomNumbers } from '../harness/random.js';
import { parsers } from './parsers.js';

// `npm run test:fuzz` has a million inputs of each.
test.each([
  ['types', 400],
  ['struct', 400],
  ['probe', 40],
  ['main', 40],
] as const)('damaged input for %s is accepted or refused, never a crash', (name, count) => {
  const random = randomNumbers(20_261_127);
  let accepted = 0;
  for (let i = 0; i < count; i++) if (parsers[name]!(random)) accepted++;
  expect(accepted).toBeGreaterThan(0);
  expect(accepted).toBeLessThan(count);
});
