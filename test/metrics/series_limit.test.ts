import { describe, expect, it } from 'vitest';
import { SeriesLimit } from '../../src/metrics/series_limit.js';
import { SeriesTable } from '../../src/metrics/series_table.js';

describe('the limit of a metric', () => {
  function limited(limit: number) {
    const table = new SeriesTable();
    return { table, limit: new SeriesLimit(table, limit, 'other') };
  }

  it('gives new texts a series until it is reached, and then `other`', () => {
    const { table, limit } = limited(2);
    const [a, b] = [limit.seriesOf('a', -1), limit.seriesOf('b', -1)];
    expect([limit.seriesOf('a', -1), limit.dropped, table.size]).toEqual([a, 0, 2]);
    const other = limit.seriesOf('c', -1);
    expect([a, b]).not.toContain(other);
    expect([limit.isOther(other), limit.isOther(a), table.find('other')]).toEqual([true, false, other]);
    expect([limit.seriesOf('d', -1), limit.dropped, table.size]).toEqual([other, 2, 3]);
  });

  it('counts a row that stays in `other` once', () => {
    const { limit } = limited(0);
    const other = limit.seriesOf('a', -1);
    limit.seriesOf('b', other);
    expect(limit.dropped).toBe(1);
  });

  it('does not count `other` itself: neither as a series nor as dropped', () => {
    const { table, limit } = limited(1);
    expect(limit.seriesOf('other', -1)).toBe(limit.other());
    limit.seriesOf('a', -1);
    expect([limit.dropped, table.size]).toEqual([0, 2]);
    const full = limited(0).limit;
    expect(full.isOther(full.seriesOf('other', -1))).toBe(true);
    expect(full.dropped).toBe(0);
  });

  it('has no `other` before it is needed, or after it is removed', () => {
    const { table, limit } = limited(1);
    expect(table.find('other')).toBeUndefined();
    const a = limit.seriesOf('a', -1);
    const other = limit.seriesOf('b', -1);
    limit.remove(other);
    expect([limit.isOther(other), table.size]).toEqual([false, 1]);
    limit.remove(a);
    expect(limit.seriesOf('c', -1)).not.toBe(limit.other());
  });

  it('keeps `other` when another series is removed', () => {
    const { limit } = limited(1);
    const a = limit.seriesOf('a', -1);
    const other = limit.other();
    limit.remove(a);
    expect(limit.isOther(other)).toBe(true);
  });
});
