import { describe, expect, test } from 'vitest';
import { boundsOf, slotsOf } from '../../../src/script/generate/histogram_slots.js';

/** The slot of a number, as bpftrace computes it. */
function slotOf(value: bigint, bits: number): number {
  if (value < 0n) return 0;
  const intervals = 1n << BigInt(bits);
  if (value < intervals) return Number(value) + 1;
  const order = BigInt(value.toString(2).length - 1);
  const within = (value >> (order - BigInt(bits))) & (intervals - 1n);
  return Number(within + ((order - BigInt(bits) + 1n) << BigInt(bits)) + 1n);
}

describe('the bounds of hist()', () => {
  test('are -1, 0, 1, 3, 7 and so on', () => {
    expect(boundsOf({ kind: 'hist', bits: 0 }).slice(0, 6)).toEqual([-1, 0, 1, 3, 7, 15]);
  });

  test.each([0, 1, 2, 5])('hold what the slots of %i bits count', (bits) => {
    const histogram = { kind: 'hist', bits } as const;
    const bounds = boundsOf(histogram);
    expect(slotOf(2n ** 63n - 1n, bits)).toBe(slotsOf(histogram) - 1);
    for (const value of [
      -5n,
      0n,
      1n,
      2n,
      3n,
      4n,
      7n,
      8n,
      31n,
      32n,
      33n,
      63n,
      64n,
      100n,
      1000n,
      4095n,
      4096n,
      2n ** 40n,
    ]) {
      const slot = slotOf(value, bits);
      expect(Number(value)).toBeLessThanOrEqual(bounds[slot]!);
      if (slot > 0) expect(Number(value)).toBeGreaterThan(bounds[slot - 1]!);
    }
  });

  test('ascend', () => {
    const bounds = boundsOf({ kind: 'hist', bits: 3 });
    expect(bounds.every((bound, index) => index === 0 || bound > bounds[index - 1]!)).toBe(true);
  });
});

describe('the bounds of lhist()', () => {
  test('are one below the next interval', () => {
    expect(boundsOf({ kind: 'lhist', min: 0n, max: 100n, step: 25n })).toEqual([-1, 24, 49, 74, 99]);
  });

  test('end at the maximum, also where the last interval is shorter', () => {
    const histogram = { kind: 'lhist', min: -10n, max: 15n, step: 10n } as const;
    expect(boundsOf(histogram)).toEqual([-11, -1, 9, 14]);
    expect(slotsOf(histogram)).toBe(5);
  });
});
