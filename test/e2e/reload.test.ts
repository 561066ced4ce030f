import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { RunningExporter } from '../harness/exporter.js';
import { needs } from '../harness/requirements.js';
import { descriptorsOf, kernelObjectsOf, untilFreed } from './kernel_objects.js';
import { exporterOf, faultyProbe, fixtureNeeds, mainFileOf, Scrape, shownProbes, tell, toldProbe } from './probes.js';
import { until } from './until.js';

const kind = 6;
const otherKind = 7;

const files = () => ({ 'told.yaml': toldProbe({ kind }), 'other.yaml': toldProbe({ name: 'other', kind: otherKind }) });

/** Asks for a reload by HTTP. */
async function reload({ url }: RunningExporter): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/-/reload`, { method: 'POST' });
  return { status: response.status, text: await response.text() };
}

/** The BPF programs of an exporter: name, kernel's id and tag. */
function programsOf({ process: { pid } }: RunningExporter): { name: string; id: number; tag: string }[] {
  return kernelObjectsOf(pid!).programs.map((id) => {
    const { name, tag } = JSON.parse(
      execFileSync('bpftool', ['--json', 'prog', 'show', 'id', String(id)], { encoding: 'utf8' }),
    ) as { name: string; tag: string };
    return { name, id, tag };
  });
}

/** Anonymous memory in kilobytes. */
function memoryOf(pid: number): number {
  return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

describe('a reload', needs(fixtureNeeds), () => {
  it('adds, removes and restarts probes, and does not touch the others', async () => {
    const exporter = await exporterOf({ config: mainFileOf('told'), files: files() });
    tell(5, [1, 2], { kind });
    const [first] = programsOf(exporter);
    expect((await Scrape.of(exporter)).value('told_total', { value: '1' })).toBe(5);

    // One more probe, and another one.
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
    expect(scrape.value('probe_up', { probe: 'execs' })).toBe(1);
    expect(programsOf(exporter).slice(0, 2)).toEqual([
      first,
      expect.objectContaining({ name: 'count_told', tag: first!.tag }),
    ]);

    // Another constant for one: it alone begins anew.
    exporter.write({ 'other.yaml': toldProbe({ name: 'other', kind: otherKind + 1 }) });
    expect((await reload(exporter)).status).toBe(200);
    tell(1, [9], { kind: otherKind });
    tell(2, [9], { kind: otherKind + 1 });
    scrape = await Scrape.of(exporter);
    expect(scrape.value('other_total', { value: '9' })).toBe(2);
    expect(scrape.value('told_total', { value: '1' })).toBe(6);
    expect(scrape.sum('execs_total')).toBeGreaterThan(0);
    expect(programsOf(exporter)[0]).toEqual(first);

    // Fewer probes, in another order, with another comment.
    const gone = kernelObjectsOf(exporter.process.pid!);
    exporter.write({ 'santabpf.yaml': `# less\n${mainFileOf('execs', 'told')}` });
    expect((await reload(exporter)).status).toBe(200);
    scrape = await Scrape.of(exporter);
    expect([...scrape.by('probe', 'probe_up').keys()]).toEqual(['execs', 'told']);
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

  it('counts a series limit or a changed object as a change', async () => {
    const exporter = await exporterOf({ config: mainFileOf('told', 'other'), files: files() });
    tell(1, [1, 2, 3, 4], { kind });
    tell(1, [1, 2, 3, 4], { kind: otherKind });
    exporter.write({ 'santabpf.yaml': mainFileOf('{ probe: told, limit: 2 }', 'other') });
    expect((await reload(exporter)).status).toBe(200);
    tell(1, [1, 2, 3, 4], { kind });
    const scrape = await Scrape.of(exporter);
    expect(scrape.value('told_total', { value: 'other' })).toBe(2);
    expect(scrape.sum('told_total')).toBe(4);
    expect(scrape.sum('other_total')).toBe(4);
  });

  it('comes with SIGHUP as well, however often', async () => {
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

  const bad: Readonly<Record<string, [code: string, says: RegExp, files: () => Readonly<Record<string, string>>]>> = {
    'that is not YAML': ['CONFIG_SYNTAX', /santabpf\.yaml:1:/, () => ({ 'santabpf.yaml': 'probes: [told' })],
    'with an unknown key': [
      'CONFIG_UNKNOWN_KEY',
      /santabpf\.yaml:1:1: .*"prboes"[\s\S]*Did you mean "probes"/,
      () => ({ 'santabpf.yaml': mainFileOf('told').replace('probes', 'prboes') }),
    ],
    'of a file that has gone': [
      'CONFIG_PROBE_UNKNOWN',
      /"gone"/,
      () => ({ 'santabpf.yaml': mainFileOf('told', 'gone', 'execs') }),
    ],
    'with a field that is not in the map': [
      'FIELD_UNKNOWN',
      /told\.yaml:\d+:\d+: .*"valeu" \(did you mean "value"\?\); it has .*parity/,
      () => ({ 'told.yaml': toldProbe({ kind }).replace('field: value', 'field: valeu') }),
    ],
    'with a program that the verifier rejects': [
      'PROGRAM_REJECTED',
      /"out_of_bounds"[\s\S]*invalid access to map value/,
      () => ({
        'santabpf.yaml': mainFileOf('told', 'other', 'execs', 'rejected'),
        'rejected.yaml': faultyProbe('rejected', 'out_of_bounds'),
      }),
    ],
    'with a program whose hook is missing': [
      'HOOK_MISSING',
      /at_no_hook/,
      () => ({ 'santabpf.yaml': mainFileOf('told', 'lost'), 'lost.yaml': faultyProbe('lost', 'at_no_hook') }),
    ],
  };

  it('to anything that does not work changes nothing and says why', async () => {
    const exporter = await exporterOf({ config: mainFileOf('told', 'other'), files: files() });
    tell(4, [1], { kind });
    const before = kernelObjectsOf(exporter.process.pid!);
    for (const [what, [code, says, changed]] of Object.entries(bad)) {
      exporter.write({ 'santabpf.yaml': mainFileOf('told', 'other'), ...files(), ...changed() });
      const seen = exporter.entries().length;
      const { status, text } = await reload(exporter);
      expect({ what, status }).toEqual({ what, status: 500 });
      expect(text).toMatch(says);
      expect(text).toContain(`[${code}]`);
      expect(text).not.toMatch(/^\s+at /m);
      expect(await exporter.logged(code, seen)).toMatchObject({
        level: 'error',
        msg: expect.stringContaining('The configuration was not reloaded, nothing has changed'),
      });
      const scrape = await Scrape.of(exporter);
      expect(scrape.value('config_last_reload_successful')).toBe(0);
      expect([...scrape.by('probe', 'probe_up')]).toEqual([
        ['told', 1],
        ['other', 1],
      ]);
      expect(scrape.value('told_total', { value: '1' })).toBe(4);
      await until('what was tried to be gone', () => {
        const { programs, maps, links } = kernelObjectsOf(exporter.process.pid!);
        return JSON.stringify({ programs, maps, links }) === JSON.stringify(before);
      });
    }
    // By signal the log alone tells.
    const seen = exporter.entries().length;
    exporter.write({ 'santabpf.yaml': 'probes: 5\nprobe_path: ["."]\n' });
    exporter.process.kill('SIGHUP');
    expect(await exporter.logged('was not reloaded', seen)).toMatchObject({ level: 'error', code: 'CONFIG_VALUE' });

    exporter.write({ 'santabpf.yaml': mainFileOf('told'), ...files() });
    expect((await reload(exporter)).status).toBe(200);
    const scrape = await Scrape.of(exporter);
    expect(scrape.value('config_last_reload_successful')).toBe(1);
    expect(scrape.value('told_total', { value: '1' })).toBe(4);
  });

  it('is not hindered by a probe that was down before', async () => {
    const exporter = await exporterOf({
      config: mainFileOf('lost', 'told'),
      files: { ...files(), 'lost.yaml': faultyProbe('lost', 'at_no_hook') },
    });
    tell(4, [1], { kind });
    exporter.write({ 'santabpf.yaml': mainFileOf('lost', 'told', 'other') });
    expect((await reload(exporter)).status).toBe(200);
    expect(await shownProbes(exporter)).toMatchObject({
      lost: { state: 'down', reason: { code: 'HOOK_MISSING' } },
      told: { state: 'up' },
      other: { state: 'up' },
    });
    expect((await Scrape.of(exporter)).value('told_total', { value: '1' })).toBe(4);

    // Nor when a setting of all probes changes, for that does not give the kernel its hook.
    exporter.write({ 'santabpf.yaml': `${mainFileOf('lost', 'told')}metric_prefix: elf_\n` });
    expect((await reload(exporter)).status).toBe(200);
    expect(await exporter.get('/metrics')).toContain('elf_told_calls_total');

    // And once its file is mended, it is up.
    exporter.write({ 'lost.yaml': faultyProbe('lost') });
    expect((await reload(exporter)).status).toBe(200);
    expect(await shownProbes(exporter)).toMatchObject({ lost: { state: 'up' } });
  });

  it('leaks nothing, and disturbs no scrape', async () => {
    const exporter = await exporterOf({ config: mainFileOf('told'), files: files() });
    const { pid } = exporter.process;
    const variants = [mainFileOf('told', 'other', 'execs'), mainFileOf('told')];
    let told = 0;
    const turn = async (times: number) => {
      for (let i = 0; i < times; i++) {
        exporter.write({ 'santabpf.yaml': variants[i % 2]! });
        tell(1, [1], { kind });
        told++;
        const [scrape, { status }] = await Promise.all([Scrape.of(exporter), reload(exporter), Scrape.of(exporter)]);
        expect(status).toBe(200);
        expect(scrape.value('told_total', { value: '1' })).toBe(told);
      }
    };
    await turn(6);
    const before = { objects: kernelObjectsOf(pid!), descriptors: descriptorsOf(pid!), memory: memoryOf(pid!) };
    await turn(50);
    expect(kernelObjectsOf(pid!)).toEqual(before.objects);
    // One connection more or less is kept alive.
    await until('descriptors to be given back', () => descriptorsOf(pid!) <= before.descriptors + 2);
    expect(memoryOf(pid!) - before.memory).toBeLessThan(16_000);
  }, 150_000);
});
