import { expect, test } from 'vitest';
import { mapKind, nestedType } from '../../src/maps/map_kind.js';

test.each([
  ['hash', false, false, true],
  ['percpu_hash', false, true, true],
  ['lru_hash', false, false, true],
  ['lru_percpu_hash', false, true, true],
  ['lpm_trie', false, false, true],
  ['array', true, false, true],
  ['percpu_array', true, true, true],
  ['ringbuf', false, false, false],
  ['task_storage', false, false, false],
  ['prog_array', false, false, false],
  ['constructor', false, false, false],
])('%s: array %s, per CPU %s, readable %s', (type, isArray, isPerCpu, isReadable) => {
  expect(mapKind(type)).toEqual({ isArray, isPerCpu, isReadable, isNested: false });
});

test('the entries of maps in a map have the kind of these maps, and are neither added nor removed', () => {
  expect(mapKind(nestedType('percpu_array', 'hash_of_maps'))).toEqual({
    isArray: true,
    isPerCpu: true,
    isReadable: true,
    isNested: true,
  });
});
