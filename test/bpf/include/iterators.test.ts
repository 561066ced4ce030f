import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { launchExporter, type RunningExporter, startExporter } from '../../harness/exporter.js';
import { fixtureProbe } from '../../harness/fixture_objects.js';
import { Samples } from '../../harness/ground_truth.js';
import { needs } from '../../harness/requirements.js';

describe('iterators of a probe', needs({ root: true, bpf: true }), () => {
  let exporter: RunningExporter;
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-test-'));
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    exporter = await startExporter(fixtureProbe('iterators', { parent: process.pid }));
  });
  afterAll(async () => {
    await exporter?.stop();
    rmSync(folder, { recursive: true });
  });
  afterEach(() => endAll());

  async function scrape(): Promise<Samples> {
    return new Samples(await exporter.get('/metrics', { accept: 'text/plain' }));
  }

  async function start(...commands: string[]): Promise<void> {
    for (const command of commands) {
      const program = join(folder, command);
      if (!existsSync(program)) symlinkSync('/bin/sleep', program);
      const child = spawn(program, ['100'], { stdio: 'ignore' });
      children.push(child);
      await once(child, 'spawn');
    }
  }

  async function endAll(): Promise<void> {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }

  test('fill cleared maps at every scrape, so removed objects disappear', async () => {
    const before = (await scrape()).values('children').get('') ?? 0;
    await start('nap', 'nap', 'nap');
    const during = await scrape();
    expect(during.values('children').get('')).toBe(before + 3);
    expect(during.values('children_by_command').get('command="nap"')).toBe(3);
    await endAll();
    const after = await scrape();
    expect(after.values('children').get('') ?? 0).toBe(before);
    expect(after.values('children_by_command').has('command="nap"')).toBe(false);
  });

  test('show entries beyond a full map as other, which is cleared too, while lost updates never decrease', async () => {
    const lost = async () =>
      (await scrape()).values('lost_updates_total', { map: 'children' }).get('probe="iterators"')!;
    const before = await lost();
    await start(...Array.from({ length: 9 }, (_, i) => `nap-${i}`));
    const during = await scrape();
    const byCommand = during.values('children_by_command');
    const other = byCommand.get('command="other"')!;
    expect(byCommand.size).toBe(5);
    expect(other).toBeGreaterThanOrEqual(5);
    expect([...byCommand.values()].reduce((sum, count) => sum + count)).toBe(during.values('children').get(''));
    expect(await lost()).toBe(before + 2 * other);
    await endAll();
    expect(await lost()).toBe(before + 2 * other);
    expect((await scrape()).values('children_by_command').get('command="other"')).toBe(0);
  });

  test('run even if they are not listed', async () => {
    const runs = async () => (await scrape()).values('runs_total').get('')!;
    const before = await runs();
    expect([await runs(), await runs()]).toEqual([before + 1, before + 2]);
  });

  test('report their cost: one run per scrape', async () => {
    const runs = async () =>
      (await scrape()).values('program_runs_total', { program: 'list_children' }).get('probe="iterators"')!;
    const before = await runs();
    expect(await runs()).toBe(before + 1);
  });
});

describe('an iterator that fails', needs({ root: true, bpf: true }), () => {
  test('fails only the scrape of its probe, and the fault names the iterator', async () => {
    const exporter = await startExporter(fixtureProbe('iterators', { parent: process.pid, fails: 1 }));
    try {
      const samples = new Samples(await exporter.get('/metrics', { accept: 'text/plain' }));
      expect(samples.values('probe_state', { state: 'up' }).get('probe="iterators"')).toBe(1);
      expect(samples.values('children').size).toBe(0);
      expect(samples.values('scrape_success').get('probe="iterators"')).toBe(0);
      expect(await exporter.logged(/could not be read/)).toMatchObject({
        probe: 'iterators',
        err: { code: 'ITERATOR_FAILED' },
      });
      expect(exporter.log()).toContain('Iterator \\"count_maps\\" (iter/bpf_map) stopped before its end');
    } finally {
      await exporter.stop();
    }
  });
});

describe('an iterator over tasks', needs({ root: true, bpf: true, commands: ['unshare'] }), () => {
  test('is refused in a PID namespace, where it would see only the tasks of that namespace', async () => {
    const wrapper = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];
    const exporter = launchExporter({ ...fixtureProbe('iterators', { parent: process.pid }), wrapper });
    try {
      expect(await exporter.logged('PID_NAMESPACE')).toMatchObject({ probe: 'iterators', level: 'warn' });
    } finally {
      exporter.process.kill('SIGKILL');
      await exporter.ended;
    }
  });
});
