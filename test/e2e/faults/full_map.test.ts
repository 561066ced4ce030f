import { describe, expect, it } from 'vitest';
import { needs } from '../../harness/requirements.js';
import { exporterOf, fixtureNeeds, mainFileOf, Scrape, tell, tellAll, toldProbe } from '../probes.js';

const kind = 5;

describe('a full map', needs(fixtureNeeds), () => {
  it('counts keys beyond the share of a user as other and reports the number of lost updates', async () => {
    const exporter = await exporterOf({
      config: mainFileOf('told', 'syscalls'),
      files: { 'told.yaml': toldProbe({ kind, settings: 'maps: { values: { max_entries: 4 } }' }) },
    });
    tell(10, [1, 2, 3, 4], { kind });
    // One user gets half of the places.
    const half = await Scrape.of(exporter);
    expect(Object.fromEntries(half.by('value', 'told_total'))).toEqual({ 1: 10, 2: 10, other: 20 });
    expect(half.value('lost_updates_total', { map: 'values' })).toBe(20);
    expect(half.value('map_entries', { map: 'values' })).toBe(2);
    expect(half.value('map_max_entries', { map: 'values' })).toBe(4);

    // And, after a scrape, half of the places left.
    tell(7, [4, 5, 6, 7], { kind });
    const over = await Scrape.of(exporter);
    expect(over.by('value', 'told_total').get('4')).toBe(7);
    expect(over.value('told_total', { value: 'other', parity: 'other' })).toBe(41);
    expect(over.sum('told_total')).toBe(over.value('told_calls_total'));
    expect(over.value('lost_updates_total', { map: 'values' })).toBe(41);
    expect(over.value('lost_updates_total', { map: 'commands' })).toBe(0);
    // The other maps and the other probe are not affected.
    expect(over.value('told_sizes_count')).toBe(over.value('told_calls_total'));
    expect(Object.fromEntries(over.states())).toEqual({ told: 'up', syscalls: 'up' });
    expect(await exporter.get('/')).toContain('was full: 41 updates counted as other');
  });

  it('keeps totals exact together with a lower series limit', async () => {
    const settings = 'maps: { values: { max_entries: 60000 } }';
    const exporter = await exporterOf({
      config: mainFileOf('{ probe: told, limit: 10000 }'),
      files: { 'told.yaml': toldProbe({ kind, settings }) },
    });
    tellAll(100_000, kind);
    const scrape = await Scrape.of(exporter);
    expect(scrape.value('told_calls_total')).toBe(200_000);
    const values = scrape.by('value', 'told_total');
    const other = values.get('other')!;
    // One user gets half of the 10,000 places. A key that both threads add at once takes two.
    expect(values.size).toBeGreaterThan(2500);
    expect(values.size).toBeLessThan(5100);
    expect(scrape.sum('told_total')).toBe(200_000);
    expect(scrape.value('lost_updates_total', { map: 'values' })).toBe(other);
    expect(scrape.value('series_dropped_total', { metric: 'santabpf_told_total' })).toBe(0);
  });
});
