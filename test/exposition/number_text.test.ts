import { describe, expect, it } from 'vitest';
import { boundText, numberText, writeNumber } from '../../src/exposition/number_text.js';
import { randomNumbers } from '../harness/random.js';

function written(value: number): string {
  const bytes = Buffer.alloc(40, '#');
  const end = writeNumber(bytes, 3, value);
  expect(bytes.toString('latin1', 0, 3) + bytes.toString('latin1', end)).toBe('#'.repeat(40 - (end - 3)));
  return bytes.toString('latin1', 3, end);
}

describe('sample values', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [-5, '-5'],
    [0.1, '0.1'],
    [1e-9, '1e-9'],
    [1.5, '1.5'],
    [2 ** 32 - 1, '4294967295'],
    [2 ** 32, '4294967296'],
    [2 ** 53, '9007199254740992'],
    [2 ** 64, '18446744073709552000'],
    [1e21, '1e+21'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [Number.NaN, 'NaN'],
  ])('writes %d as %s', (value, text) => {
    expect(written(value)).toBe(text);
  });

  it.each([0, 7, 4_294_967_295])('writes %d, a whole number below 2^32, without making a string', (value) => {
    const bytes = Buffer.alloc(40);
    bytes.write = () => {
      throw new Error('a string');
    };
    expect(bytes.toString('latin1', 0, writeNumber(bytes, 0, value))).toBe(String(value));
  });

  it('writes all lengths of integers, and reads back as the same number', () => {
    for (let digits = 1; digits <= 15; digits++) {
      for (const value of [10 ** digits - 1, 10 ** digits, 10 ** digits + 1]) {
        expect(written(value)).toBe(String(value));
        expect(written(-value)).toBe(String(-value));
      }
    }
    const random = randomNumbers(1);
    for (let round = 0; round < 1000; round++) {
      const value = (random(2 ** 32) * 2 ** random(40)) / 10 ** random(10);
      expect(Number(written(value))).toBe(value);
      expect(written(value)).toBe(numberText(value));
    }
  });
});

describe('bounds', () => {
  // As strconv.FormatFloat(f, 'g', -1, 64) formats them, with `.0` if there is neither a point nor an exponent.
  it.each([
    [0, '0.0'],
    [-0, '0.0'],
    [1, '1.0'],
    [0.5, '0.5'],
    [100, '100.0'],
    [65536, '65536.0'],
    [99999.5, '99999.5'],
    [123456, '123456.0'],
    [100000, '100000.0'],
    [1e6, '1e+06'],
    [1048576, '1.048576e+06'],
    [12345678.5, '1.23456785e+07'],
    [2 ** 40, '1.099511627776e+12'],
    [1e21, '1e+21'],
    [1e100, '1e+100'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [2 ** -20, '9.5367431640625e-07'],
    [2 ** -30, '9.313225746154785e-10'],
    [-2.5, '-2.5'],
    [Number.POSITIVE_INFINITY, '+Inf'],
  ])('writes %d as %s', (bound, text) => {
    expect(boundText(bound)).toBe(text);
  });

  it('reads back every power of two exactly', () => {
    for (let exponent = -60; exponent <= 70; exponent++) expect(Number(boundText(2 ** exponent))).toBe(2 ** exponent);
  });
});
