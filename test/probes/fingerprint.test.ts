import { afterEach, beforeEach, expect, test } from 'vitest';
import { fingerprint } from '../../src/probes/fingerprint.js';
import { ProbeFolder } from './probe_folder.js';

let folder: ProbeFolder;
beforeEach(() => {
  folder = new ProbeFolder();
  folder.write('p');
});
afterEach(() => folder.remove());

const print = (prefix = '') => fingerprint(folder.probe('p'), prefix);

test('is equal for the same settings, prefix and object', () => {
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

test('differs in the prefix', () => {
  expect(print('a_')).not.toBe(print('b_'));
});
