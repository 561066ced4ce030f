import { expect, test } from 'vitest';
import { HottestFunctions } from '../../src/recorder/hottest_functions.js';
import { inKernel, named, stack } from './profiles.js';

const minute = 60_000;

test('shares of all samples of the last minute, by the innermost function of the program', () => {
  const hottest = new HottestFunctions();
  hottest.add({ to: 0, stacks: [stack('old', [named('old')], 1000)] });
  hottest.add({
    to: 3 * minute,
    stacks: [
      stack('app', [inKernel('read'), named(''), named('parse'), named('main')], 6),
      stack('kworker', [inKernel('flush'), inKernel('thread')], 1),
      stack('stripped', [named('')], 2),
    ],
  });
  hottest.add({ to: 3 * minute + 15_000, stacks: [stack('app', [named('parse')], 1)] });
  expect(hottest.shares(3 * minute + 20_000)).toEqual([
    { command: 'app', function: 'parse', ratio: 0.7 },
    { command: 'kworker', function: 'flush', ratio: 0.1 },
  ]);
  expect(hottest.shares(5 * minute)).toEqual([]);
});

test('at most five, with names of bounded length', () => {
  const hottest = new HottestFunctions();
  const long = 'x'.repeat(5000);
  hottest.add({ to: 0, stacks: [long, 'a', 'b', 'c', 'd', 'e'].map((name, i) => stack('app', [named(name)], 10 - i)) });
  const shares = hottest.shares(0);
  expect(shares.map((one) => one.function.slice(0, 3))).toEqual(['xxx', 'a', 'b', 'c', 'd']);
  expect(shares[0]!.function).toHaveLength(120);
});

test('nothing before the first window', () => {
  expect(new HottestFunctions().shares(0)).toEqual([]);
});
