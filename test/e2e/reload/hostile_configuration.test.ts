import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configFor, type RunningExporter } from '../../harness/exporter.js';
import { needs } from '../../harness/requirements.js';
import { exporterOf, fixtureNeeds } from '../probes.js';
import { until } from '../until.js';
import { reload } from './reload.js';

const hostile: Readonly<Record<string, [code: string, text: string]>> = {
  '900 kB of quotes': ['CONFIG_TOO_COMPLEX', '"'.repeat(900_000)],
  'a hundred thousand anchors': ['CONFIG_TOO_COMPLEX', Array.from({ length: 100_000 }, (_, i) => `&a${i}`).join(' ')],
  '900 kB of brackets': ['CONFIG_TOO_COMPLEX', '['.repeat(900_000)],
  'more than 1 MiB': ['CONFIG_UNREADABLE', `#${'x'.repeat(1 << 20)}`],
};

const children = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

/** Begins a reload and stops the process that reads the configuration: so it takes forever. */
async function heldReload(exporter: RunningExporter) {
  exporter.process.kill('SIGHUP');
  const pid = exporter.process.pid!;
  // Until the new program runs, the exporter waits for it.
  const reader = () =>
    children(pid).find((child) => readFileSync(`/proc/${child}/cmdline`, 'latin1').includes('reader'));
  await until('the reading process', () => reader() !== undefined, 10_000, 1);
  const child = reader();
  process.kill(child!, 'SIGSTOP');
  onTestFinished(() => {
    if (isRunning(child!)) process.kill(child!, 'SIGKILL');
  });
  return child!;
}

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Milliseconds of a scrape. */
async function scrapeTime({ url }: RunningExporter): Promise<number> {
  const start = performance.now();
  const response = await fetch(`${url}/metrics`);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('probe="opens",state="up"} 1');
  return performance.now() - start;
}

describe('a reload', needs(fixtureNeeds), () => {
  it.each(Object.keys(hostile))('of %s is refused at once, and scrapes go on', async (name) => {
    const [code, text] = hostile[name]!;
    const exporter = await exporterOf({ config: configFor('opens') });
    exporter.write({ 'santabpf.yaml': text });
    const answer = reload(exporter);
    expect(await scrapeTime(exporter)).toBeLessThan(1000);
    const { status, text: said } = await answer;
    expect([status, said]).toEqual([500, expect.stringContaining(`[${code}]`)]);
    expect(said.length).toBeLessThan(10_000);
  });

  it('that takes forever holds neither scrapes nor the end', async () => {
    const exporter = await exporterOf({ config: configFor('opens') });
    const child = await heldReload(exporter);
    const answer = reload(exporter);
    expect(await scrapeTime(exporter)).toBeLessThan(1000);
    const start = performance.now();
    exporter.process.kill('SIGTERM');
    expect(await answer).toEqual({ status: 503, text: expect.stringContaining('[RELOAD_ABANDONED]') });
    expect(await exporter.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(exporter.entries().filter(({ level }) => level === 'error')).toEqual([]);
    await until('the reading process to end', () => !isRunning(child));
  });

  it('is shared: 200 at once start two processes', async () => {
    const exporter = await exporterOf({ config: configFor('opens') });
    const answers = await Promise.all(Array.from({ length: 200 }, () => reload(exporter)));
    expect(answers.map(({ status }) => status)).toEqual(Array(200).fill(200));
    const reloads = exporter.entries().filter(({ msg }) => msg === 'The configuration was reloaded');
    expect(reloads.length).toBeLessThanOrEqual(2);
  });
});

describe('--web.config.file', needs(fixtureNeeds), () => {
  it('that becomes hostile is refused, and scrapes go on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'santabpf-web-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'web.yml');
    writeFileSync(file, '{}');
    const exporter = await exporterOf({ config: configFor('opens'), arguments: [`--web.config.file=${file}`] });
    const refused = async (code: string, change: () => void) => {
      const seen = exporter.entries().length;
      change();
      const times: number[] = [];
      const logged = exporter.logged(code, seen);
      for (let scrape = 0; scrape < 10; scrape++) times.push(await scrapeTime(exporter));
      await logged;
      expect(Math.max(...times)).toBeLessThan(1000);
    };
    await refused('CONFIG_TOO_COMPLEX', () => writeFileSync(file, '"'.repeat(900_000)));
    await refused('WEB_CONFIG_UNREADABLE', () => {
      rmSync(file);
      execFileSync('mkfifo', [file]);
    });
    expect(await exporter.stop()).toBe(0);
  });
});
