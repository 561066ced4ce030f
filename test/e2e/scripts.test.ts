import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mainFile } from '../harness/exporter.js';
import { needs } from '../harness/requirements.js';
import { exporterOf, Scrape } from './probes.js';

const executions = 'rawtracepoint:sched_process_exec { @[comm] = count(); }';
const main = 'probe_path: [.]\nprobe_deadline: 1m\n';

function run(name: string, times: number): void {
  for (let i = 0; i < times; i++) spawnSync(name);
}

describe('scripts', needs({ root: true, bpf: true, commands: ['bpftool'] }), () => {
  it('run from the command line, in place of the configured probes', async () => {
    const exporter = await exporterOf({ arguments: ['--script', executions] });
    run('true', 7);
    const scrape = await Scrape.of(exporter);
    expect(scrape.value('script_total', { comm: 'true' })).toBe(7);
    expect(scrape.text).not.toContain('santabpf_syscalls_total');
  });

  it('run from a file and from a probe file, and need no compiler on the host', async () => {
    const exporter = await exporterOf({
      config: `probes: [./sizes.bt, runs]\n${main}`,
      files: {
        'sizes.bt': `#!/usr/bin/env bpftrace
          // Sizes of what cat reads.
          rawtracepoint:sys_exit /comm == "cat" && args.ret > 0/ {
            @sizes = hist(args.ret);
            @largest = max(args.ret);
            printf("%d", args.ret);
          }`,
        'runs.yaml': `probe: runs
summary: Programs that ran, by name.
script: |
  ${executions}
metrics:
  - { name: runs_total, type: counter, map: script, help: Programs that ran., labels: [program] }
`,
      },
      environment: { PATH: '/nonexistent' },
    });
    expect(exporter.entries()).toContainEqual(
      expect.objectContaining({ level: 'info', probe: 'sizes', msg: expect.stringContaining('printf') }),
    );
    run('true', 5);
    run('cat', 1);
    spawnSync('cat', ['/etc/hostname', '/etc/passwd']);
    const scrape = await Scrape.of(exporter);
    expect(scrape.value('runs_total', { program: 'true' })).toBe(5);
    expect(scrape.value('runs_total', { program: 'cat' })).toBe(2);
    expect(scrape.value('sizes_sizes_count', {})).toBeGreaterThan(5);
    expect(scrape.value('sizes_largest', {})).toBeGreaterThan(1000);
  });

  it('go over all tasks at every scrape', async () => {
    const script = `iter:task { @threads[ctx.task.group_leader.comm] = count(); @any = count(); @highest = max(ctx.task.pid); }`;
    const exporter = await exporterOf({ arguments: ['--script', script] });
    const first = await Scrape.of(exporter);
    const second = await Scrape.of(exporter);
    // The threads of the test itself.
    const comm = readFileSync('/proc/self/comm', 'utf8').trim();
    for (const scrape of [first, second]) {
      expect(scrape.value('script_threads', { comm })).toBeGreaterThanOrEqual(readdirSync('/proc/self/task').length);
      expect(scrape.value('script_any', {})).toBeLessThan(20_000);
      expect(scrape.value('script_highest', {})).toBeGreaterThanOrEqual(process.pid);
    }
    expect(first.text).toContain('# TYPE santabpf_script_threads gauge');
    expect(first.value('script_threads', { comm: '' })).toBeUndefined();
    expect(second.value('script_any', {})).toBeLessThan(1.5 * first.value('script_any', {})!);
  });

  it('keep counting through a reload that does not change them', async () => {
    const exporter = await exporterOf({ config: `probes: [./runs.bt]\n${main}`, files: { 'runs.bt': executions } });
    run('true', 3);
    const since = exporter.entries().length;
    exporter.write({ 'santabpf.yaml': `probes: [./runs.bt]\nseries_limit: 500\n${main}` });
    exporter.process.kill('SIGHUP');
    await exporter.logged(/was reloaded/, since);
    run('true', 2);
    expect((await Scrape.of(exporter)).value('runs_total', { comm: 'true' })).toBe(5);
  });

  it('are refused at their place in the file', async () => {
    const exporter = await exporterOf({ config: `probes: [./runs.bt]\n${main}`, files: { 'runs.bt': executions } });
    const since = exporter.entries().length;
    exporter.write({ 'runs.bt': 'rawtracepoint:sched_process_exec {\n  @[comm] = count(;\n}' });
    exporter.process.kill('SIGHUP');
    const fault = await exporter.logged('SCRIPT_SYNTAX', since);
    expect(fault).toMatchObject({
      at: `${exporter.folder}/runs.bt:2:19`,
      excerpt: '  @[comm] = count(;\n                  ^',
      msg: expect.stringContaining('Expected a value or ")", not ";"'),
    });
    run('true', 2);
    expect((await Scrape.of(exporter)).value('runs_total', { comm: 'true' })).toBe(2);
  });

  it('are explained by a command, which loads nothing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'santabpf-script-'));
    try {
      const file = join(folder, 'runs.bt');
      const command = (...words: string[]) =>
        spawnSync('node', [mainFile, 'script', file, ...words], { encoding: 'utf8' });
      writeFileSync(file, executions);
      const { stdout, status } = command('--explain', `--object=${join(folder, 'runs.bpf.o')}`);
      expect(status).toBe(0);
      expect(stdout).toMatch(/^Programs\n {2}raw_tp\/sched_process_exec +\d+ instructions/);
      expect(stdout).toContain('santabpf_runs_total  counter of map script, by comm');
      const dump = spawnSync('bpftool', ['btf', 'dump', 'file', join(folder, 'runs.bpf.o')], { encoding: 'utf8' });
      expect(dump.stdout).toContain("'.maps'");
      writeFileSync(file, 'rawtracepoint:sched_process_exec { @ = cuont(); }');
      const wrong = command('--check');
      expect(wrong.status).toBe(1);
      expect(wrong.stderr).toContain(`${file}:1:40: Unknown function "cuont" [SCRIPT_INVALID]`);
      expect(wrong.stderr).toContain('Did you mean "count"?');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
