import { expect, test } from 'vitest';
import { alignedCells } from '../src/aligned_cells.js';

const rows = [['a', 'bbb', 'c'], ['ééé', 'b', 'ccccc'], ['a']];

test('columns are as wide as their longest text, in characters', () => {
  expect(alignedCells(rows)).toEqual([['a  ', 'bbb', 'c    '], ['ééé', 'b  ', 'ccccc'], ['a  ']]);
});

test('numbers are aligned to the right', () => {
  expect(alignedCells(rows, { isRight: (column) => column === 1 })[1]).toEqual(['ééé', '  b', 'ccccc']);
});

test('a text longer than the widest column is whole, and does not widen the others', () => {
  expect(alignedCells(rows, { widest: 2 })).toEqual([['a ', 'bbb', 'c '], ['ééé', 'b ', 'ccccc'], ['a ']]);
});
