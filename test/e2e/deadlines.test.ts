import { describe, expect, it } from 'vitest';
import { fixtureProbe } from '../harness/fixture_objects.js';
import { needs } from '../harness/requirements.js';
import { kernelObjectsOf, untilFreed } from './kernel_objects.js';
import { exporterOf, fixtureNeeds, Scrape, shownProbes, tell, toldProbe } from './probes.js';
import { reload } from './reload/reload.js';
import { until } from './until.js';

const kind = 71;
/** The iterator of this probe takes minutes: any test that waits for it fails. */
const slow = fixtureProbe('slow_iterator');
const mainFile = (probes: string) => `probes: [${probes}]\nprobe_path: [.]\nprobe_deadline: 1s\n`;

describe('a probe whose iterator takes minutes', needs(fixtureNeeds), () => {
  const started = () => {
    const files = { ...slow.files, 'told.yaml': toldProbe({ kind }) };
    return exporterOf({ config: mainFile('slow_iterator, told'), files });
  };

  it('is left out of the page and says so; the other probes are served, and count exactly', async () => {
    const exporter = await started();
    tell(3, [1], { kind });
    const first = await Scrape.of(exporter);
    expect(first.value('told_total', { value: '1' })).toBe(3);
    expect(first.text).not.toMatch(/^santabpf_slow_total/m);
    expect(success(first)).toEqual({ slow_iterator: 0, told: 1 });

    tell(2, [1], { kind });
    const second = await Scrape.of(exporter);
    expect(second.value('told_total', { value: '1' })).toBe(5);
    expect(success(second)).toEqual({ slow_iterator: 0, told: 1 });
    const late = exporter.entries().filter(({ msg }) => msg.includes('"slow_iterator"'));
    expect(late).toHaveLength(1);
    expect(JSON.stringify(late)).toContain('PROBE_LATE');
    const { slow_iterator: shown } = await shownProbes(exporter);
    expect(shown).toMatchObject({ state: 'up', reason: { code: 'PROBE_LATE' } });
  });

  it('is compressed for and reloaded away without a wait, and frees what it used', async () => {
    const exporter = await started();
    const gzipped = await exporter.get('/metrics', { 'accept-encoding': 'gzip' });
    expect(gzipped).toContain('santabpf_scrape_success{probe="slow_iterator"} 0\n');
    const before = kernelObjectsOf(exporter.process.pid!);
    exporter.write({ 'santabpf.yaml': mainFile('told') });
    expect((await reload(exporter)).status).toBe(200);
    // After the first scrape the exporter measures what a hook costs, for a moment with a program of its own.
    await until('the other program alone', () => kernelObjectsOf(exporter.process.pid!).programs.length === 1);
    const after = kernelObjectsOf(exporter.process.pid!);
    const gone = (ids: readonly number[], kept: readonly number[]) => ids.filter((id) => !kept.includes(id));
    await untilFreed({
      programs: gone(before.programs, after.programs),
      maps: gone(before.maps, after.maps),
      links: gone(before.links, after.links),
    });
  });

  it('does not delay the end of the exporter, while it is read and during a scrape', async () => {
    const exporter = await started();
    await Scrape.of(exporter);
    const inFlight = exporter.get('/metrics').catch(() => '');
    expect(await exporter.stop()).toBe(0);
    await inFlight;
  });
});

function success(scrape: Scrape): Record<string, number | undefined> {
  const of = (probe: string) => scrape.value('scrape_success', { probe });
  return { slow_iterator: of('slow_iterator'), told: of('told') };
}
