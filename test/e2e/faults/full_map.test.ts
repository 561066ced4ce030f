import { describe, expect, it } from 'vitest';
import { needs } from '../../harness/requirements.js';
import { exporterOf, fixtureNeeds, mainFileOf, Scrape, tell, tellAll, toldProbe } from '../probes.js';

const kind = 5;

describe('a full map', needs(fixtureNeeds), () => {
  it('counts further keys as other and reports the number of lost updates', async () => {
    const exporter = await exporterOf({
      config: mainFileOf('told', 'syscalls'),
      files: { 'told.yaml': toldProbe({ kind, settings: 'maps: { values: { max_entries: 4 } }' }) },
    });
    tell(10, [1, 2, 3, 4], { kind });
    const full = await Scrape.of(exporter);
    expect(full.by('value', 'told_total')).toEqual(new Map([1, 2, 3, 4].map((value) => [String(value), 10])));
    expect(full.value('lost_updates_total', { map: 'values' })).toBe(0);
    expect(full.value('map_entries', { map: 'values' })).toBe(4);
    expect(full.value('map_max_entries', { map: 'values' })).toBe(4);

    tell(7, [4, 5, 6, 7], { kind });
    const over = await Scrape.of(exporter);
    expect(over.by('value', 'told_total').get('4')).toBe(17);
    expect(over.value('told_total', { value: 'other', parity: 'other' })).toBe(21);
    expect(over.sum('told_total')).toBe(over.value('told_calls_total'));
    expect(over.value('lost_updates_total', { map: 'values' })).toBe(21);
    expect(over.value('lost_updates_total', { map: 'commands' })).toBe(0);
    // The other maps and the other probe are not affected.
    expect(over.value('told_sizes_count')).toBe(over.value('told_calls_total'));
    expect(Object.fromEntries(over.states())).toEqual({ told: 'up', syscalls: 'up' });
    expect(await exporter.get('/')).toContain('map full: 21 updates counted as other');
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
    expect(values.size).toBe(10_000 + 1);
    expect(scrape.sum('told_total')).toBe(200_000);
    const lost = scrape.value('lost_updates_total', { map: 'values' })!;
    // 60,000 keys fit. The other 40,000 lose two updates each; a few differ because both threads insert at once.
    expect(lost).toBeGreaterThanOrEqual(80_000 - 100);
    expect(lost).toBeLessThanOrEqual(80_000 + 100);
    const shown = [...values].filter(([value]) => value !== 'other').reduce((sum, [, count]) => sum + count, 0);
    expect(values.get('other')).toBe(200_000 - shown);
    expect(scrape.value('series_dropped_total', { metric: 'santabpf_told_total' })).toBe(50_000);
  });
});
