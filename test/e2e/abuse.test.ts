import { describe, expect, it } from 'vitest';
import type { RunningExporter } from '../harness/exporter.js';
import { needs } from '../harness/requirements.js';
import { pause } from '../harness/waiting.js';
import { Attack, forgetPeak, residentMemory, scrapeApart } from './attack.js';
import { exporterOf, fixtureNeeds, mainFileOf, tellAll, toldProbe } from './probes.js';

const kind = 13;
const series = 100_000;
const metrics = `  - name: told_total
    type: counter
    help: Values told.
    map: values
    limit: ${series}
    labels:
      value: { field: value }
${[1, 2, 3, 4, 5, 6].map((label) => `      padding_${label}: { constant: "${'x'.repeat(125)}" }`).join('\n')}`;

/** An exporter with a page of 18 MB or more. A user may add new keys only up to a share: many labels make up for it. */
async function largeExporter(options: { readonly wrapper?: readonly string[] } = {}): Promise<RunningExporter> {
  const settings = `maps: { values: { max_entries: ${2 * series} } }`;
  const exporter = await exporterOf({
    config: mainFileOf('told'),
    files: { 'told.yaml': toldProbe({ kind, metrics, settings }) },
    ...options,
  });
  tellAll(series, kind);
  const { bytes } = await scrapeApart(exporter);
  expect(bytes).toBeGreaterThan(17_000_000);
  return exporter;
}

const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`;
const SCRAPE = lines('GET /metrics HTTP/1.1', 'host: x');

type Attacker = (attack: Attack) => Promise<void>;

async function repeated(times: number, interval: number, open: (index: number) => Promise<unknown>): Promise<void> {
  for (let index = 0; index < times; index++) {
    await open(index);
    if (interval > 0) await pause(interval);
  }
}

const attacks: Readonly<Record<string, Attacker>> = {
  'slow readers, each of another read': (attack) => repeated(45, 80, () => attack.open(SCRAPE)),
  'slow readers at the address of the scraper': (attack) => repeated(100, 20, () => attack.open(SCRAPE, '127.0.0.1')),
  'slow readers at many addresses': (attack) =>
    repeated(500, 0, (index) => attack.open(SCRAPE, `127.0.${index % 200}.3`)),
  'idle connections': (attack) => repeated(1200, 0, () => attack.open(lines('GET /-/healthy HTTP/1.1', 'host: x'))),
  'connections without a request': (attack) => repeated(1200, 0, () => attack.open('', '127.0.0.1')),
  'ten thousand pipelined requests on each of 300 connections': async (attack) => {
    await repeated(300, 0, () => attack.open());
    for (const socket of attack.sockets) socket.write(lines('GET / HTTP/1.1', 'host:').repeat(10_000));
  },
  'bodies without an end': (attack) =>
    repeated(20, 0, async () => {
      const head = lines('POST /-/reload HTTP/1.1', 'host: x', 'transfer-encoding: chunked');
      const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
      const socket = await attack.open(head);
      socket.on('drain', () => socket.write(chunk));
      socket.write(chunk.repeat(10));
    }),
};

describe('under attack', needs(fixtureNeeds), () => {
  it('a scrape is answered in time, memory stays bounded, and the end comes soon', { timeout: 120_000 }, async () => {
    const exporter = await largeExporter();
    const pid = exporter.process.pid!;
    for (const [name, start] of Object.entries(attacks)) {
      forgetPeak(pid);
      const attack = new Attack(exporter);
      await start(attack);
      const scrapes = [await scrapeApart(exporter), await scrapeApart(exporter), await scrapeApart(exporter)];
      const { now, peak } = residentMemory(pid);
      const times = scrapes.map(({ milliseconds }) => milliseconds.toFixed(0)).join(', ');
      console.info(`${name}: scrapes of ${times} ms, resident ${now.toFixed(0)} MiB, at most ${peak.toFixed(0)} MiB`);
      expect({ name, statuses: scrapes.map(({ status }) => status) }).toEqual({ name, statuses: [200, 200, 200] });
      // The goal is 1 s on an idle machine.
      for (const { milliseconds } of scrapes) expect(milliseconds, name).toBeLessThan(5000);
      expect(peak, name).toBeLessThan(256);
      attack.end();
    }
    const attack = new Attack(exporter);
    await repeated(45, 20, () => attack.open(SCRAPE));
    const begin = performance.now();
    expect(await exporter.stop()).toBe(0);
    attack.end();
    expect(performance.now() - begin).toBeLessThan(10_000);
    // No attack fills the log: a kind of warning comes once a minute.
    expect(exporter.entries().filter(({ level }) => level !== 'info').length).toBeLessThan(4);
    expect(exporter.entries().filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('a process that may open few files keeps enough of them for its probes', async () => {
    const exporter = await exporterOf({ config: mainFileOf('syscalls'), wrapper: ['prlimit', '--nofile=300:300'] });
    const attack = new Attack(exporter);
    await repeated(400, 0, (index) => attack.open(SCRAPE, `127.0.0.${2 + (index % 100)}`));
    const text = await exporter.get('/metrics');
    expect(text).toContain('santabpf_scrape_success{probe="syscalls"} 1');
    expect(await exporter.get('/-/healthy')).toContain('healthy');
    attack.end();
    expect(exporter.entries().filter(({ level }) => level !== 'info')).toEqual([]);
  });
});
