import { describe, expect, test } from 'vitest';
import { extent, isNoisy, pairs, range, verdict } from '../../bench/pairs.js';

test('values are compared within their round, so a slow round does not count', () => {
  const { median, least, most } = pairs([90, 9, 900], [100, 10, 1000]);
  expect([median, least, most].map((value) => value.toFixed(2))).toEqual(['0.90', '0.90', '0.90']);
});

test('a comparison can be a difference', () => {
  expect(pairs([300, 210], [200, 110], (value, base) => value - base)).toEqual({ median: 100, least: 100, most: 100 });
});

describe('a result is noisy', () => {
  test.each([
    ['when rounds differ by more than the effect', { median: 0.95, least: 0.91, most: 0.97 }, 1, true],
    ['not when the effect is larger', { median: 0.8, least: 0.75, most: 0.85 }, 1, false],
    ['by the distance from its neutral value', { median: 80, least: 70, most: 90 }, 0, false],
  ])('%s', (_, compared, neutral, noisy) => {
    expect(isNoisy(compared, neutral)).toBe(noisy);
    expect(range(compared, neutral).endsWith(' noisy')).toBe(noisy);
  });
});

describe('a goal', () => {
  const isGood = (value: number) => value >= 0.9;
  test.each([
    [[0.95, 0.93, 0.91], 'yes'],
    [[0.91, 0.91, 0.89], 'yes, not in every round'],
    [[0.91, 0.85, 0.8], 'no, but in some rounds'],
    [[0.85, 0.8, 0.7], 'no'],
    [[1.5, 1.3, 0.6], 'undecided: noisy'],
    [[1.02, 0.99, 0.97], 'yes'],
  ])('with %j is reached: %s', (values, reached) => {
    expect(verdict(extent(values), isGood)).toBe(reached);
  });
});
