import { expect, it } from 'vitest';
import { plainFaults } from '../../src/config/plain_configuration.js';
import { Faults, fault } from '../../src/errors/fault.js';

it.each([
  [100, 'CONFIG_VALUE'],
  [101, 'CONFIG_MORE_FAULTS'],
])('of %i faults at most a hundred are kept, and the last one says how many more there are', (count, last) => {
  const faults = Array.from({ length: count }, (_, index) => fault('CONFIG_VALUE', { problem: `problem ${index}` }));
  const kept = plainFaults(new Faults(faults));
  expect(kept.map(({ message }) => message).slice(0, 100)).toEqual(faults.slice(0, 100).map(({ message }) => message));
  expect([kept.length, kept.at(-1)!.code]).toEqual([count, last]);
});
