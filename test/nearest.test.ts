import { expect, it } from 'vitest';
import { nearest } from '../src/nearest.js';

it.each([
  ['lable', ['label', 'labels', 'help'], 'label'],
  ['hlep', ['label', 'help'], 'help'],
  ['mas', ['maps', 'metrics'], 'maps'],
  ['listen-address', ['web.listen-address', 'web.config.file'], 'web.listen-address'],
  ['web.', ['web.listen-address', 'web.config.file'], undefined],
  ['nothing_like_it', ['label', 'help'], undefined],
  ['', ['a'], 'a'],
  ['x', [], undefined],
  ['seriesLimit', ['syscall', 'series_limit'], 'series_limit'],
  ['SERIES-LIMIT', ['syscall', 'series_limit'], 'series_limit'],
  ['x'.repeat(5000), ['x'.repeat(5001)], undefined],
])('nearest to %j of %j is %j', (name, candidates, expected) => {
  expect(nearest(name, candidates)).toBe(expected);
});
