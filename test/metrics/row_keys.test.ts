import { describe, expect, it } from 'vitest';
import { RowKeys } from '../../src/metrics/row_keys.js';

describe('the keys of rows', () => {
  it('stay while the rows grow', () => {
    const keys = new RowKeys(3);
    const keyOf = (row: number) => [row, row + 1, 255 - row];
    for (let row = 0; row < 100; row++) {
      keys.reserve(row + 1);
      keys.set(row, Uint8Array.from(keyOf(row)));
    }
    keys.reserve(5);
    expect(Array.from({ length: 100 }, (_, row) => [...keys.get(row)])).toEqual(
      Array.from({ length: 100 }, (_, row) => keyOf(row)),
    );
    keys.set(7, Uint8Array.from([1, 2, 3]));
    expect([[...keys.get(6)], [...keys.get(7)], [...keys.get(8)]]).toEqual([keyOf(6), [1, 2, 3], keyOf(8)]);
  });
});
