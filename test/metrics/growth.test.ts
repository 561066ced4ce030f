import { describe, expect, it } from 'vitest';
import { grown } from '../../src/metrics/growth.js';

describe('a grown array', () => {
  it.each([Uint8Array, Uint16Array, Int32Array, Float64Array])('of %o keeps its type and its elements', (Type) => {
    const before = Type.from([1, 2, 3]);
    const after = grown(before, 5);
    expect(after).toBeInstanceOf(Type);
    expect([...after]).toEqual([1, 2, 3, 0, 0, 0, 0, 0]);
    expect([...before]).toEqual([1, 2, 3]);
  });

  it('has as many elements as asked for, and half as many again as before at least', () => {
    expect(grown(new Uint8Array(100), 101).length).toBe(150);
    expect(grown(new Uint8Array(100), 1000).length).toBe(1000);
  });
});
