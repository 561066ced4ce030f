import { describe, expect, test } from 'vitest';
import { countsOf, UsageFault } from '../../bench/usage.js';

test('counts replace all defaults', () => {
  expect(countsOf([], [1000, 10_000])).toEqual([1000, 10_000]);
  expect(countsOf(['500'], [1000, 10_000])).toEqual([500]);
});

describe('a count is refused', () => {
  test.each(['abc', '0', '-5', '1.5', ''])('%j', (parameter) => {
    expect(() => countsOf([parameter], [])).toThrow(UsageFault);
  });
});
