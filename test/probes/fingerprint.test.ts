import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint } from '../../src/probes/fingerprint.js';
import { ProbeFolder } from './probe_folder.js';

let folder: ProbeFolder;
beforeEach(() => {
  folder = new ProbeFolder();
  folder.write('p');
});
afterEach(() => folder.remove());

const print = () => fingerprint(folder.probe('p'));

test('is equal for the same settings and object', () => {
  expect(print()).toBe(print());
});

test.each([
  ['a setting', () => folder.write('p', 'maps: { events: { max_entries: 32 } }\n')],
  ['a constant of 64 bits', () => folder.write('p', 'constants: { wanted: 18446744073709551615 }\n')],
  ['the object', () => folder.writeObject('p', 'another object')],
  ['the object, which is gone', () => folder.removeObject('p')],
])('differs in %s', (_, change) => {
  const before = print();
  change();
  expect(print()).not.toBe(before);
});

test.each([
  ['the limit of all metrics', () => folder.configuration(['p'], 'series_limit: 7\n')],
  ['the limit of this probe', () => folder.configuration(['{ probe: p, limit: 7 }'])],
  ['the prefix', () => folder.configuration(['p'], 'metric_prefix: ""\n')],
])('is equal whatever %s', (_, changed) => {
  expect(fingerprint(changed().probes[0]!)).toBe(print());
});
