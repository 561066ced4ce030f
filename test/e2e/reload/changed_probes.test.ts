import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { RunningExporter } from '../../harness/exporter.js';
import { needs } from '../../harness/requirements.js';
import { kernelObjectsOf, untilFreed } from '../kernel_objects.js';
import { exporterOf, fixtureNeeds, mainFileOf, Scrape, tell, toldProbe } from '../probes.js';
import { files, kind, otherKind, reload } from './reload.js';

/** Name, kernel id and tag of the BPF programs of an exporter. */
function programsOf({ process: { pid } }: RunningExporter): { name: string; id: number; tag: string }[] {
  return kernelObjectsOf(pid!).programs.map((id) => {
    const { name, tag } = JSON.parse(
      execFileSync('bpftool', ['--json', 'prog', 'show', 'id', String(id)], { encoding: 'utf8' }),
    ) as { name: string; tag: string };
    return { name, id, tag };
  });
}

describe('a reload', needs(fixtureNeeds), () => {
  it('adds, removes and restarts changed probes and leaves the others running', async () => {
    const exporter = await exporterOf({ config: mainFileOf('told'), files: files() });
    tell(5, [1, 2], { kind });
    const [first] = programsOf(exporter);
    expect((await Scrape.of(exporter)).value('told_total', { value: '1' })).toBe(5);

    // Add probes one by one.
    for (const probes of [
      ['told', 'other'],
      ['told', 'other', 'execs'],
    ]) {
      exporter.write({ 'santabpf.yaml': mainFileOf(...probes) });
      expect(await reload(exporter)).toEqual({ status: 200, text: 'Reloaded the configuration.\n' });
      if (probes.length === 2) tell(3, [9], { kind: otherKind });
    }
    tell(1, [1], { kind });
    let scrape = await Scrape.of(exporter);
    expect(scrape.value('told_total', { value: '1' })).toBe(6);
    expect(scrape.value('other_total', { value: '9' })).toBe(3);
    expect(scrape.states().get('execs')).toBe('up');
    expect(programsOf(exporter).slice(0, 2)).toEqual([
      first,
      expect.objectContaining({ name: 'count_told', tag: first!.tag }),
    ]);

    // A changed constant restarts only its own probe.
    exporter.write({ 'other.yaml': toldProbe({ name: 'other', kind: otherKind + 1 }) });
    expect((await reload(exporter)).status).toBe(200);
    tell(1, [9], { kind: otherKind });
    tell(2, [9], { kind: otherKind + 1 });
    scrape = await Scrape.of(exporter);
    expect(scrape.value('other_total', { value: '9' })).toBe(2);
    expect(scrape.value('told_total', { value: '1' })).toBe(6);
    expect(scrape.sum('execs_total')).toBeGreaterThan(0);
    expect(programsOf(exporter)[0]).toEqual(first);

    // Remove a probe, change the order and add a comment.
    const gone = kernelObjectsOf(exporter.process.pid!);
    exporter.write({ 'santabpf.yaml': `# less\n${mainFileOf('execs', 'told')}` });
    expect((await reload(exporter)).status).toBe(200);
    scrape = await Scrape.of(exporter);
    expect([...scrape.states().keys()]).toEqual(['execs', 'told']);
    expect(scrape.text).not.toContain('santabpf_other_');
    expect(scrape.value('told_total', { value: '1' })).toBe(6);
    const kept = kernelObjectsOf(exporter.process.pid!);
    expect(kept.programs).toContain(first!.id);
    const without = (ids: readonly number[], others: readonly number[]) => ids.filter((id) => !others.includes(id));
    const freed = {
      programs: without(gone.programs, kept.programs),
      maps: without(gone.maps, kept.maps),
      links: without(gone.links, kept.links),
    };
    expect(freed.programs).toHaveLength(1);
    await untilFreed(freed);
  });

  it('applies a series limit to its own probe only, which keeps its counts', async () => {
    const exporter = await exporterOf({ config: mainFileOf('told', 'other'), files: files() });
    tell(1, [1, 2, 3, 4], { kind });
    tell(1, [1, 2, 3, 4], { kind: otherKind });
    exporter.write({ 'santabpf.yaml': mainFileOf('{ probe: told, limit: 2 }', 'other') });
    expect((await reload(exporter)).status).toBe(200);
    tell(1, [1, 2, 3, 4], { kind });
    const scrape = await Scrape.of(exporter);
    expect(scrape.value('told_total', { value: 'other' })).toBe(4);
    expect(scrape.sum('told_total')).toBe(8);
    expect(scrape.sum('other_total')).toBe(4);
  });
});
