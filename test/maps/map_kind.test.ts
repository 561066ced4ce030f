import { expect, test } from 'vitest';
import { mapKind } from '../../src/maps/map_kind.js';

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
  expect(mapKind(type)).toEqual({ isArray, isPerCpu, isReadable });
});
