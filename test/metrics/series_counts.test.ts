import { describe, expect, it } from 'vitest';
import { SeriesCounts } from '../../src/metrics/series_counts.js';

/** Rows of two numbers; series of three, with the row's second number in the third place. */
const wide = { rowWidth: 2, seriesWidth: 3, placeOf: (_row: number, index: number) => index * 2 };
const single = { rowWidth: 1, seriesWidth: 1, placeOf: () => 0 };
const numbers = (...values: number[]) => Float64Array.from(values);

function valuesOf(counts: SeriesCounts, series: number, width = 3): number[] {
  return [...counts.values.subarray(series * width, (series + 1) * width)];
}

describe('the counts of series', () => {
  function opened(keepsCounts = true): SeriesCounts {
    const counts = new SeriesCounts(wide, keepsCounts);
    counts.reserveRows(4, 0);
    for (const series of [0, 1]) counts.touch(series);
    counts.startSums();
    return counts;
  }

  it('sum the numbers of all rows in their places', () => {
    const counts = opened();
    counts.addNumbers(0, 1, numbers(1, 2));
    counts.addNumbers(3, 1, numbers(10, 20));
    expect([valuesOf(counts, 0), valuesOf(counts, 1)]).toEqual([
      [0, 0, 0],
      [11, 0, 22],
    ]);
    counts.startSums();
    expect(valuesOf(counts, 1)).toEqual([0, 0, 0]);
  });

  it('keep what a row counted before it restarted, all its numbers included', () => {
    const counts = opened();
    counts.addNumbers(0, 1, numbers(5, 5));
    counts.startSums();
    counts.addNumbers(0, 1, numbers(4, 6));
    expect(valuesOf(counts, 1)).toEqual([9, 0, 11]);
    counts.startSums();
    counts.addNumbers(0, 1, numbers(4, 6));
    expect(valuesOf(counts, 1)).toEqual([9, 0, 11]);
  });

  it('keep what a released row counted, and nothing twice', () => {
    const counts = opened();
    counts.addNumbers(2, 1, numbers(5, 6));
    counts.release(2, 1);
    counts.release(2, 1);
    counts.startSums();
    expect(valuesOf(counts, 1)).toEqual([5, 0, 6]);
    counts.addNumbers(2, 1, numbers(1, 1));
    expect(valuesOf(counts, 1)).toEqual([6, 0, 7]);
  });

  it('clear a row that had no series', () => {
    const counts = opened();
    counts.addNumbers(1, 1, numbers(5, 6));
    counts.release(1, -2);
    counts.startSums();
    counts.addNumbers(1, 1, numbers(2, 3));
    expect(valuesOf(counts, 1)).toEqual([2, 0, 3]);
  });

  it('leave with the old series what a moved row counted', () => {
    const counts = opened();
    counts.addNumbers(0, 0, numbers(5, 6));
    counts.startSums();
    counts.move(0, 0, 1);
    counts.addNumbers(0, 1, numbers(7, 9));
    expect([valuesOf(counts, 0), valuesOf(counts, 1)]).toEqual([
      [5, 0, 6],
      [2, 0, 3],
    ]);
    counts.startSums();
    counts.move(0, 1, -2);
    expect(valuesOf(counts, 1)).toEqual([2, 0, 3]);
    counts.move(0, -2, 0);
    counts.addNumbers(0, 0, numbers(8, 9));
    expect(valuesOf(counts, 0)).toEqual([6, 0, 6]);
  });

  it('of a gauge are the sums of its rows alone', () => {
    const counts = opened(false);
    counts.addNumbers(0, 0, numbers(5, 6));
    counts.startSums();
    counts.addNumbers(0, 0, numbers(4, 6));
    expect(valuesOf(counts, 0)).toEqual([4, 0, 6]);
    counts.move(0, 0, 1);
    counts.settle(0, 1, numbers(9, 9));
    expect([valuesOf(counts, 0), valuesOf(counts, 1)]).toEqual([
      [4, 0, 6],
      [0, 0, 0],
    ]);
    counts.startSums();
    counts.release(0, 1);
    expect([...counts.values.subarray(0, 6)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it.each([
    ['grew', [7, 9], [7, 0, 9]],
    ['did not change', [5, 6], [5, 0, 6]],
    ['restarted', [1, 2], [6, 0, 8]],
  ] as const)('settle an entry that %s since the sums', (_, last, expected) => {
    const counts = opened();
    counts.addNumbers(3, 1, numbers(5, 6));
    counts.settle(3, 1, numbers(...last));
    expect(valuesOf(counts, 1)).toEqual(expected);
    counts.startSums();
    expect(valuesOf(counts, 1)).toEqual(expected);
    counts.addNumbers(3, 1, numbers(1, 1));
    expect(valuesOf(counts, 1)).toEqual([expected[0] + 1, 0, expected[2] + 1]);
  });

  it('add the overflow companion, and keep what it counted before it restarted', () => {
    const counts = opened();
    counts.addCompanion(1, numbers(1, 2, 3));
    expect(valuesOf(counts, 1)).toEqual([1, 2, 3]);
    counts.startSums();
    counts.addCompanion(1, numbers(2, 2, 2));
    expect(valuesOf(counts, 1)).toEqual([3, 4, 5]);
    counts.startSums();
    counts.addCompanion(1, numbers(2, 2, 2));
    expect([valuesOf(counts, 0), valuesOf(counts, 1)]).toEqual([
      [0, 0, 0],
      [3, 4, 5],
    ]);
  });

  it('add the overflow companion to one series and no other', () => {
    const counts = opened();
    counts.addNumbers(0, 1, numbers(5, 6));
    counts.addCompanion(0, numbers(1, 2, 3));
    counts.startSums();
    counts.addNumbers(0, 1, numbers(5, 6));
    counts.addCompanion(0, numbers(0, 2, 3));
    expect([valuesOf(counts, 0), valuesOf(counts, 1)]).toEqual([
      [1, 4, 6],
      [5, 0, 6],
    ]);
  });

  it('add the overflow companion of a gauge as it is', () => {
    const counts = opened(false);
    counts.addCompanion(1, numbers(1, 2, 3));
    counts.startSums();
    counts.addCompanion(1, numbers(0, 2, 3));
    expect(valuesOf(counts, 1)).toEqual([0, 2, 3]);
  });

  it('forget a series that ends, and no other', () => {
    const counts = opened();
    counts.addNumbers(0, 0, numbers(1, 2));
    counts.addNumbers(1, 1, numbers(5, 6));
    counts.release(0, 0);
    counts.release(1, 1);
    counts.startSums();
    counts.clear(1);
    const both = [
      [1, 0, 2],
      [0, 0, 0],
    ];
    expect([valuesOf(counts, 0), valuesOf(counts, 1)]).toEqual(both);
    counts.startSums();
    expect([valuesOf(counts, 0), valuesOf(counts, 1)]).toEqual(both);
  });

  it('end one row and no other', () => {
    const counts = opened();
    counts.addNumbers(1, 0, numbers(1, 2));
    counts.addNumbers(3, 1, numbers(5, 6));
    counts.release(3, 1);
    counts.release(1, 0);
    counts.startSums();
    expect([valuesOf(counts, 0), valuesOf(counts, 1)]).toEqual([
      [1, 0, 2],
      [5, 0, 6],
    ]);
  });

  it('grow with rows and series and keep what they have', () => {
    const counts = opened();
    counts.addNumbers(3, 1, numbers(5, 6));
    counts.reserveRows(1000, 0);
    counts.touch(500);
    counts.addNumbers(999, 500, numbers(1, 2));
    expect([valuesOf(counts, 1), valuesOf(counts, 500)]).toEqual([
      [5, 0, 6],
      [1, 0, 2],
    ]);
    counts.release(3, 1);
    counts.startSums();
    expect(valuesOf(counts, 1)).toEqual([5, 0, 6]);
  });
});

describe('rows of one number', () => {
  it('are summed, and kept when they restart', () => {
    const counts = new SeriesCounts(single, true);
    counts.reserveRows(2, 0);
    counts.touch(0);
    counts.addNumber(0, 0, 5);
    counts.addNumber(1, 0, 1);
    expect(valuesOf(counts, 0, 1)).toEqual([6]);
    counts.startSums();
    counts.addNumber(0, 0, 3);
    counts.addNumber(1, 0, 1);
    expect(valuesOf(counts, 0, 1)).toEqual([9]);
  });
});

describe('the idle time of a series', () => {
  it('begins when it gets a row and whenever a number of it changes', () => {
    const counts = new SeriesCounts(wide, true);
    counts.reserveRows(1, 100);
    counts.move(0, -1, 0);
    counts.reserveRows(1, 150);
    expect([counts.isIdle(0, 50), counts.isIdle(0, 51)]).toEqual([true, false]);
    counts.addNumbers(0, 0, numbers(0, 1));
    expect(counts.isIdle(0, 1)).toBe(false);
    counts.reserveRows(1, 200);
    counts.addNumbers(0, 0, numbers(0, 1));
    expect(counts.isIdle(0, 50)).toBe(true);
    counts.touch(0);
    expect(counts.isIdle(0, 1)).toBe(false);
  });

  it('begins with a change of a single number as well', () => {
    const counts = new SeriesCounts(single, true);
    counts.reserveRows(1, 100);
    counts.touch(0);
    counts.reserveRows(1, 200);
    counts.addNumber(0, 0, 0);
    expect(counts.isIdle(0, 100)).toBe(true);
    counts.addNumber(0, 0, 1);
    expect(counts.isIdle(0, 1)).toBe(false);
  });
});
