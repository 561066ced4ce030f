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
    expect(table.limit).toBe(100);
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
