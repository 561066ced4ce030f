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

  // Pairs with equal FNV-1a hashes.
  it.each([
    ['costarring', 'liquid'],
    ['zinke', 'altarage'],
    ['m{a="149599"}', 'm{a="312382"}'],
    ['m{a="1"}evoLIs', 'm{a="1"}'],
  ])('tells %s and %s apart', (one, other) => {
    const table = new SeriesTable();
    const first = table.add(one);
    expect(table.find(other)).toBeUndefined();
    const second = table.add(other);
    expect([table.find(one), table.find(other)]).toEqual([first, second]);
    table.remove(first);
    expect([table.find(one), table.find(other)]).toEqual([undefined, second]);
    expect([table.add(one), table.find(one), table.find(other)]).toEqual([first, first, second]);
  });

  it('counts its series', () => {
    const table = new SeriesTable();
    const series = Array.from({ length: 100 }, (_, index) => table.add(`a ${index}`));
    expect([table.size, table.limit, series]).toEqual([100, 100, [...series.keys()]]);
    for (const number of series.slice(0, 30)) table.remove(number);
    expect([table.size, table.limit]).toEqual([70, 100]);
    expect(series.map((number) => table.lengths[number]! > 0)).toEqual(series.map((number) => number >= 30));
    for (let index = 0; index < 30; index++) table.add(`b ${index}`);
    expect([table.size, table.limit]).toEqual([100, 100]);
    expect(new Set(Array.from({ length: 30 }, (_, index) => table.find(`b ${index}`)))).toEqual(
      new Set(series.slice(0, 30)),
    );
  });

  it('stays quick with a hundred thousand series', () => {
    const table = new SeriesTable();
    const started = performance.now();
    for (let index = 0; index < 100_000; index++) table.add(`series ${index}`);
    expect(table.find('series 99999')).toBe(99_999);
    // Far beyond the usual duration: only a quadratic algorithm takes this long.
    expect(performance.now() - started).toBeLessThan(10_000);
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

it.each([
  ['of one byte', 'x'],
  ['of three bytes', '€'],
])('the scratch has space for two lines of characters %s with 100 bytes after each', (_, character) => {
  const table = new SeriesTable();
  for (const length of [1, 1300, 5000, 20, 5010]) {
    const series = table.add(`${length}${character.repeat(length)}`);
    const longest = Math.max(...table.lengths);
    expect(table.scratch).toBeGreaterThanOrEqual(2 * (longest + 100));
    expect(Math.min(...table.starts.subarray(0, table.limit))).toBeGreaterThanOrEqual(table.scratch);
    expect(textOf(table, series)).toBe(`${length}${character.repeat(length)}`);
  }
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
    const { arena } = table;
    const series = ['a', 'b', 'c'].map((text) => table.add(text));
    for (const number of series) table.remove(number);
    expect(table.arena).toBe(arena);
  });

  it('is not given back while most of the texts are there', () => {
    const table = new SeriesTable();
    const series = Array.from({ length: 100 }, (_, index) => table.add(long(`${index}`)));
    const { arena } = table;
    for (const number of series.slice(0, 40)) table.remove(number);
    expect(table.arena).toBe(arena);
  });

  it('is seldom moved by additions and look-ups', () => {
    const table = new SeriesTable();
    const arenas = new Set<Buffer>();
    for (let index = 0; index < 1000; index++) {
      table.add(`series ${index}`);
      arenas.add(table.arena);
      table.find('series');
      arenas.add(table.arena);
    }
    expect(arenas.size).toBeLessThan(5);
    expect(table.arena.length).toBeLessThan(100_000);
  });

  it('does not change when a series is removed twice', () => {
    const table = new SeriesTable();
    const series = table.add('a');
    table.add('b');
    table.remove(series);
    table.remove(series);
    expect([table.size, table.limit, table.find('a')]).toEqual([1, 2, undefined]);
    expect([table.add('c'), table.add('d')]).toEqual([series, 2]);
  });

  it('keeps the index at most half full, removed series included', () => {
    const table = new SeriesTable();
    for (let round = 0; round < 1000; round++) {
      table.remove(table.add(`a ${round}`));
      expect(table.find('never')).toBeUndefined();
    }
    expect(table.limit).toBe(1);
  });
});

describe('the order of a series table', () => {
  const inOrder = (table: SeriesTable) => {
    table.settle();
    return [...table.order].map((series) => textOf(table, series));
  };

  it('is that of the texts, through thousands of additions and removals', () => {
    const table = new SeriesTable();
    const truth = new Map<string, number>();
    const random = randomNumbers(11);
    for (let step = 0; step < 6000; step++) {
      const text = `name{a="${random(3000)}"}`;
      const series = truth.get(text);
      if (series === undefined) truth.set(text, table.add(text));
      else if (random(3) === 0) {
        table.remove(series);
        truth.delete(text);
      }
      if (step % 500 === 0) expect(inOrder(table)).toEqual([...truth.keys()].sort());
    }
    expect(truth.size).toBeGreaterThan(1200);
    expect(inOrder(table)).toEqual([...truth.keys()].sort());
  });

  it('is that of bytes: a text comes before its continuations, and UTF-8 after ASCII', () => {
    const table = new SeriesTable();
    for (const text of ['é', 'ab', 'z', 'a']) table.add(text);
    expect(inOrder(table)).toEqual(['a', 'ab', 'z', 'é']);
  });

  it('is of the last settle, so that a writer sees no half of an update', () => {
    const table = new SeriesTable();
    table.add('b');
    table.settle();
    const { order } = table;
    table.add('a');
    expect([...order]).toEqual([0]);
    expect(table.order).toBe(order);
    table.settle();
    expect([...table.order]).toEqual([1, 0]);
    const { order: same } = table;
    table.settle();
    expect(table.order).toBe(same);
  });
});
