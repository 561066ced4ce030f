import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { RunningExporter } from '../harness/exporter.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { callGetppid } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';
import { attachedPrograms } from './kernel_objects.js';
import { exporterOf, fixtureNeeds, mainFileOf, Scrape } from './probes.js';
import { reload } from './reload/reload.js';
import { until } from './until.js';

/** The call that `chmodSync` makes. */
const chmod = process.arch === 'x64' ? 'chmod' : 'fchmodat';
const folder = mkdtempSync(join(tmpdir(), 'santabpf-handlers-'));
const file = join(folder, 'file');
writeFileSync(file, '');
afterAll(() => rmSync(folder, { recursive: true }));

/** Makes calls that succeed and calls that fail. */
function makeCalls(getppid: number, chmod: number, failing: number): void {
  callGetppid(getppid);
  for (let i = 0; i < chmod; i++) chmodSync(file, 0o644);
  for (let i = 0; i < failing; i++) expect(() => chmodSync(join(folder, 'none'), 0o644)).toThrow('ENOENT');
}

/** A copy of the fixture's probe under another name. */
function probeFile(name: string): string {
  const text = readFileSync(join(import.meta.dirname, '../fixtures/bpf/handlers.yaml'), 'utf8');
  return text
    .replace(
      'probe: handlers',
      `probe: ${name}\nobject: ${fixtureObject('handlers')}\nconstants: { process: ${process.pid} }`,
    )
    .replaceAll('- name: ', `- name: ${name}_`);
}

async function countsOf(exporter: RunningExporter, name: string) {
  const scrape = await Scrape.of(exporter);
  return {
    getppid: scrape.value(`${name}_chosen_calls_total`, { syscall: 'getppid' }),
    chmod: scrape.value(`${name}_chosen_calls_total`, { syscall: chmod }),
    failing: scrape.value(`${name}_failed_calls_total`, { syscall: chmod }),
  };
}

describe('handlers of system calls', needs(fixtureNeeds), () => {
  it('count exactly beside others, with one attached program, across reloads that add and remove others', async () => {
    const shipped = ['syscalls', 'execs', 'opens', 'reads_writes', 'tcp', 'syscall_latency'];
    const files = { 'mine.yaml': probeFile('mine'), 'other.yaml': probeFile('other') };
    const exporter = await exporterOf({ config: mainFileOf('mine', ...shipped), files });
    expect(attachedPrograms(exporter, 'dispatch_call')).toBe(1);
    makeCalls(7000, 300, 20);
    expect(await countsOf(exporter, 'mine')).toEqual({ getppid: 7000, chmod: 300, failing: 20 });

    let total = 7000;
    for (const probes of [
      ['mine', 'other', ...shipped],
      ['mine', 'other'],
      ['mine', 'opens'],
    ]) {
      exporter.write({ 'santabpf.yaml': mainFileOf(...probes) });
      let done = false;
      const changed = reload(exporter).finally(() => {
        done = true;
      });
      let calls = 0;
      for (; !done; calls += 100) {
        makeCalls(100, 0, 0);
        await new Promise(setImmediate);
      }
      expect((await changed).status).toBe(200);
      total += calls;
      expect((await countsOf(exporter, 'mine')).getppid).toBe(total);
      expect(attachedPrograms(exporter, 'dispatch_call')).toBe(1);
    }
    exporter.write({ 'santabpf.yaml': mainFileOf('forks') });
    expect((await reload(exporter)).status).toBe(200);
    expect(attachedPrograms(exporter, 'dispatch_call')).toBe(0);
  });

  it('have a cost of their own, and the attached program has the rest', async () => {
    const exporter = await exporterOf({
      config: mainFileOf('mine', 'opens'),
      files: { 'mine.yaml': probeFile('mine') },
    });
    const chosen = { probe: 'mine', program: 'count_chosen' };
    await until('the time of the handler', async () => {
      makeCalls(5000, 0, 0);
      const seconds = (await Scrape.of(exporter)).value('program_run_seconds_total', chosen);
      return seconds !== undefined && seconds > 0;
    });
    const scrape = await Scrape.of(exporter);
    const runs = scrape.value('program_runs_total', chosen)!;
    expect(runs).toBeGreaterThanOrEqual(5000);
    expect(scrape.value('program_run_seconds_total', chosen)! / runs).toBeLessThan(1e-4);
    expect(scrape.value('program_runs_total', { probe: 'syscall_exits' })).toBeGreaterThan(runs);
    expect(scrape.value('program_run_seconds_total', { probe: 'syscall_exits' })).toBeGreaterThan(0);
  });

  it('are refused when eight want the same call already, and the others go on', async () => {
    const names = Array.from({ length: 9 }, (_, index) => `copy${index}`);
    const files = Object.fromEntries(names.map((name) => [`${name}.yaml`, probeFile(name)]));
    const exporter = await exporterOf({ config: mainFileOf(...names), files });
    const states = [...(await Scrape.of(exporter)).states()];
    expect(states.filter(([, state]) => state === 'up')).toHaveLength(8);
    expect(exporter.entries().find(({ code }) => code === 'HANDLERS_FULL')?.msg).toMatch(
      /: Handler "count_failed" cannot be called: 8 handlers want the same system calls already/,
    );
    makeCalls(10, 0, 0);
    const [up] = states.find(([, state]) => state === 'up')!;
    expect((await countsOf(exporter, up)).getppid).toBe(10);
  });
});
