import { describe, expect, it } from 'vitest';
import { SeriesTable } from '../../src/metrics/series_table.js';
import { randomNumbers } from '../harness/random.js';

function textOf(table: SeriesTable, series: number): string {
  const start = table.starts[series]!;
  return table.arena.toString('utf8', start, start + table.lengths[series]!);
}

describe('the series table', () => {
  it('finds what was added', () => {
    const table = new SeriesTable();
    const first = table.add('a="1"');
    const second = table.add('a="2"');
    expect([table.find('a="1"'), table.find('a="2"'), table.find('a="3"')]).toEqual([first, second, undefined]);
    expect([textOf(table, first), textOf(table, second)]).toEqual(['a="1"', 'a="2"']);
  });

  it('agrees with a plain map through thousands of additions and removals', () => {
    const table = new SeriesTable();
    const truth = new Map<string, number>();
    const random = randomNumbers(7);
    for (let step = 0; step < 5000; step++) {
      const labels = `a="${'é'.repeat(random(8))}${random(400)}"`;
      const series = truth.get(labels);
      expect(table.find(labels)).toBe(series);
      if (series === undefined) {
        const added = table.add(labels);
        truth.set(labels, added);
      } else if (random(2) === 0) {
        table.remove(series);
        truth.delete(labels);
      }
      if (step % 1000 === 0) {
        for (const [text, number] of truth) expect(textOf(table, number)).toBe(text);
      }
    }
    expect(table.size).toBe(truth.size);
    expect(table.limit).toBeLessThan(2 * truth.size + 1000);
  });

  it('reuses the memory of removed series', () => {
    const table = new SeriesTable();
    for (let round = 0; round < 200; round++) {
      const series = Array.from({ length: 100 }, (_, index) => table.add(`${round} ${index} ${'x'.repeat(100)}`));
      for (const number of series) table.remove(number);
    }
    expect(table.size).toBe(0);
    expect(table.arena.length).toBeLessThan(200_000);
    expect(table.limit).toBe(101);
  });

  it('makes the scratch large enough for two of the longest lines', () => {
    const table = new SeriesTable();
    const short = table.add('short');
    const long = table.add('x'.repeat(50_000));
    expect(table.scratch).toBeGreaterThan(100_000);
    expect(textOf(table, short)).toBe('short');
    expect(textOf(table, long)).toBe('x'.repeat(50_000));
    expect(table.find('short')).toBe(short);
  });
});

describe('the memory of a series table', () => {
  const long = (text: string) => text.padEnd(1500, 'x');

  it('is given back once more than half of the texts are removed', () => {
    const table = new SeriesTable();
    const series = Array.from({ length: 10 }, (_, index) => table.add(long(`${index}`)));
    for (const number of series.slice(0, 5)) table.remove(number);
    const before = table.arena.length;
    table.remove(series[5]!);
    expect(table.arena.length).toBeLessThan(before);
    expect(series.slice(6).map((number) => textOf(table, number))).toEqual(['6', '7', '8', '9'].map(long));
    expect(['6', '7', '8', '9'].map((text) => table.find(long(text)))).toEqual(series.slice(6));
  });

  it('is not moved for a few short texts', () => {
    const table = new SeriesTable();
    const series = ['a', 'b', 'c'].map((text) => table.add(text));
    const { arena } = table;
    for (const number of series) table.remove(number);
    expect(table.arena).toBe(arena);
  });

  it('does not change when a series is removed twice', () => {
    const table = new SeriesTable();
    const series = table.add('a');
    table.add('b');
    table.remove(series);
    table.remove(series);
    expect([table.size, table.limit, table.find('a')]).toEqual([1, 3, undefined]);
    expect([table.add('c'), table.add('d')]).toEqual([series, 3]);
  });

  it('keeps the index at most half full, removed series included', () => {
    const table = new SeriesTable();
    for (let round = 0; round < 1000; round++) {
      table.remove(table.add(`a ${round}`));
      expect(table.find('never')).toBeUndefined();
    }
    expect(table.limit).toBe(2);
  });
});
