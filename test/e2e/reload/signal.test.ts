import { describe, expect, it } from 'vitest';
import { needs } from '../../harness/requirements.js';
import { exporterOf, fixtureNeeds, mainFileOf, Scrape, shownProbes, tell } from '../probes.js';
import { until } from '../until.js';
import { files, kind } from './reload.js';

describe('a reload', needs(fixtureNeeds), () => {
  it('by SIGHUP applies the configuration, even after many signals in a row', async () => {
    const exporter = await exporterOf({ config: mainFileOf('told'), files: files() });
    tell(2, [1], { kind });
    const seen = exporter.entries().length;
    exporter.write({ 'santabpf.yaml': mainFileOf('told', 'other') });
    for (let i = 0; i < 20; i++) exporter.process.kill('SIGHUP');
    await exporter.logged('The configuration was reloaded', seen);
    await until('the probe to be up', async () => (await shownProbes(exporter)).other?.state === 'up');
    const scrape = await Scrape.of(exporter);
    expect(scrape.value('told_total', { value: '1' })).toBe(2);
    expect(scrape.value('config_last_reload_successful')).toBe(1);
  });
});
