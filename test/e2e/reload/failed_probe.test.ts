import { describe, expect, it } from 'vitest';
import { needs } from '../../harness/requirements.js';
import { exporterOf, faultyProbe, fixtureNeeds, mainFileOf, Scrape, shownProbes, tell } from '../probes.js';
import { files, kind, reload } from './reload.js';

describe('a reload', needs(fixtureNeeds), () => {
  it('succeeds if a probe that this host does not support stays so', async () => {
    const exporter = await exporterOf({
      config: mainFileOf('lost', 'told'),
      files: { ...files(), 'lost.yaml': faultyProbe('lost', 'at_no_hook') },
    });
    tell(4, [1], { kind });
    exporter.write({ 'santabpf.yaml': mainFileOf('lost', 'told', 'other') });
    expect((await reload(exporter)).status).toBe(200);
    expect(await shownProbes(exporter)).toMatchObject({
      lost: { state: 'unsupported', reason: { code: 'HOOK_MISSING' } },
      told: { state: 'up' },
      other: { state: 'up' },
    });
    expect((await Scrape.of(exporter)).value('told_total', { value: '1' })).toBe(4);

    // A setting of all probes changes, but the hook is still missing.
    exporter.write({ 'santabpf.yaml': `${mainFileOf('lost', 'told')}metric_prefix: elf_\n` });
    expect((await reload(exporter)).status).toBe(200);
    expect(await exporter.get('/metrics')).toContain('elf_told_calls_total');

    // The probe is up once its file is fixed.
    exporter.write({ 'lost.yaml': faultyProbe('lost') });
    expect((await reload(exporter)).status).toBe(200);
    expect(await shownProbes(exporter)).toMatchObject({ lost: { state: 'up' } });
  });
});
