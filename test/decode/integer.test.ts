import { expect, test } from 'vitest';
import { narrow, toInteger } from '../../src/decode/integer.js';

test.each([
  [0, 5, 5],
  [-1, 0xffff_ffff, -1],
  [0x1f_ffff, 0xffff_ffff, 2 ** 53 - 1],
  [0x20_0000, 0, 2n ** 53n],
  [-0x20_0000, 0, -(2 ** 53)],
  [-0x20_0001, 0xffff_ffff, -(2n ** 53n) - 1n],
])('the halves %i and %i are the integer %s', (high, low, integer) => {
  expect(toInteger(high, low)).toBe(integer);
});

test.each([
  [BigInt(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER],
  [BigInt(Number.MIN_SAFE_INTEGER), Number.MIN_SAFE_INTEGER],
  [2n ** 53n, 2n ** 53n],
  [-(2n ** 53n), -(2n ** 53n)],
])('%s is a number only if that is exact', (integer, narrowed) => {
  expect(narrow(integer)).toBe(narrowed);
});
