import { describe, expect, it } from 'vitest';
import { ExpiringCache } from '../../../src/decode/names/expiring_cache.js';

describe('ExpiringCache', () => {
  it('evicts the least recently used value at its capacity', () => {
    const cache = new ExpiringCache<number, number>(2, 100, () => 0);
    const made: number[] = [];
    const get = (key: number) => cache.get(key, (k) => made.push(k));
    for (const key of [1, 2, 1, 3, 1, 2]) get(key);
    expect(made).toEqual([1, 2, 3, 2]);
    expect(cache.size).toBe(2);
  });
});
