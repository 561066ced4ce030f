import { describe, expect, it } from 'vitest';
import { SeriesLimit } from '../../src/metrics/series_limit.js';
import { SeriesTable } from '../../src/metrics/series_table.js';

describe('the limit of a metric', () => {
  function limited(capacity: number) {
    const table = new SeriesTable();
    return { table, limit: new SeriesLimit(table, capacity, 'other') };
  }

  it('gives new texts a series until there is no place', () => {
    const { table, limit } = limited(2);
    const [a, b] = [limit.seriesOf('a'), limit.seriesOf('b')];
    expect([limit.seriesOf('a'), limit.seriesOf('b'), limit.seriesOf('c')]).toEqual([a, b, undefined]);
    expect([limit.free, table.size]).toEqual([0, 2]);
  });

  it('does not count `other`', () => {
    const { table, limit } = limited(1);
    const other = limit.seriesOf('other');
    expect(other).toBe(limit.other());
    expect([limit.free, limit.isOther(other!), table.find('other')]).toEqual([1, true, other]);
    expect(limit.seriesOf('a')).toBeDefined();
    expect([limit.free, table.size]).toEqual([0, 2]);
    expect(limited(0).limit.seriesOf('other')).toBeDefined();
  });

  it('has no `other` before it is needed, or after it is removed', () => {
    const { table, limit } = limited(1);
    expect(table.find('other')).toBeUndefined();
    const other = limit.other();
    limit.remove(other);
    expect([limit.isOther(other), table.size]).toEqual([false, 0]);
  });

  it('has a place again, and keeps `other`, when another series is removed', () => {
    const { limit } = limited(1);
    const a = limit.seriesOf('a')!;
    const other = limit.other();
    limit.remove(a);
    expect([limit.isOther(other), limit.free]).toEqual([true, 1]);
    expect(limit.seriesOf('b')).toBeDefined();
  });
});
