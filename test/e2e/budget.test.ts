import { spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needs } from '../harness/requirements.js';
import { exporterOf, fixtureNeeds, mainFileOf, Scrape } from './probes.js';
import { until } from './until.js';

/** Calls that fail reach the handler of `syscalls`; others cost only the program that all probes share. */
const failingCalls = 'import os\nwhile True:\n try: os.close(-1)\n except OSError: pass';

const configuration = (budget: string) => `${mainFileOf('syscalls', 'execs')}budget: ${budget}\n`;

describe('a budget with action suspend', needs(fixtureNeeds), () => {
  it('hides the probe that a storm of calls makes expensive, until a reload lifts the budget', async () => {
    const exporter = await exporterOf({ config: configuration('{ percent_of_one_cpu: 0.5, action: suspend }') });
    const scrape = async () => new Scrape(await exporter.get('/metrics'));
    expect((await scrape()).sum('syscalls_total')).toBeGreaterThan(0);

    const storm = spawn('/usr/bin/python3', ['-c', failingCalls], { stdio: 'ignore' });
    onTestFinished(() => void storm.kill('SIGKILL'));
    await until('the suspension', async () => (await scrape()).states().get('syscalls') === 'suspended', 110_000, 1000);
    storm.kill('SIGKILL');

    const text = await exporter.get('/metrics');
    expect(text).not.toMatch(/^santabpf_syscalls_total|^santabpf_program_\w+\{probe="syscalls"/m);
    // About security: never suspended.
    expect((await scrape()).states().get('execs')).toBe('up');
    expect(await exporter.get('/')).toContain('PROBE_SUSPENDED');
    expect((await exporter.logged('PROBE_SUSPENDED')).msg).toMatch(
      /^Probe "syscalls" is suspended: all BPF programs cost/,
    );

    exporter.write({ 'santabpf.yaml': configuration('none') });
    expect((await fetch(`${exporter.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    const again = await scrape();
    expect(again.states().get('syscalls')).toBe('up');
    expect(again.sum('syscalls_total')).toBeGreaterThan(0);
    expect(await exporter.get('/metrics')).not.toContain('santabpf_budget_ratio 0');
  }, 150_000);
});
