/**
 * Scrape time of `/metrics` over loopback, from the request to the last byte, for a hash map of counters with four labels.
 * The floor is a batch read of the same map in C, measured in turn. "of text" is the median ratio to the text of the same round.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { benchObject } from './compiled.js';
import { ExporterProcess } from './exporter_process.js';
import { Meter } from './meter.js';
import { figure, printTable, spread, summary } from './numbers.js';

const openMetrics = 'application/openmetrics-text;version=1.0.0';
const kinds = {
  text: { accept: 'text/plain', encoding: 'identity' },
  OpenMetrics: { accept: openMetrics, encoding: 'identity' },
  'text, gzip': { accept: 'text/plain', encoding: 'gzip' },
} as const;

const labels = {
  process: { field: 'process' },
  device: { field: 'device' },
  operation: { field: 'operation', decode: { map: { 0: 'read', 1: 'write' } } },
  command: { field: 'command' },
};

export async function scrape(sizes: readonly number[]): Promise<void> {
  const rows: string[][] = [];
  for (const entries of sizes) rows.push(...(await measure(entries)));
  printTable(
    [
      'series',
      'format',
      'MB',
      'scrape ms',
      'floor ms',
      'ratio',
      'of least',
      'of text',
      'CPU ms',
      'first ms',
      'stall first',
      'later',
    ],
    rows,
  );
}

async function measure(entries: number): Promise<string[][]> {
  const rounds = Math.max(15, Math.min(60, Math.round(1_500_000 / entries)));
  const folder = configured(entries);
  const meter = new Meter();
  const exporter = await ExporterProcess.start({ configFile: join(folder, 'santabpf.yaml'), stalls: true });
  try {
    const map = await meter.findMap(exporter.process.pid!);
    await meter.fill(map, entries);
    await exporter.longestStall();
    const request = { port: exporter.port, path: '/metrics', ...kinds.text };
    const first = await meter.get(request);
    const firstStall = await exporter.longestStall();
    const floors: number[] = [];
    const scrapes = new Map(
      Object.keys(kinds).map((kind) => [kind, { times: [] as number[], cpuSeconds: 0, bytes: 0, stall: 0 }]),
    );
    for (let round = -3; round < rounds; round++) {
      for (const [kind, headers] of Object.entries(kinds)) {
        const floor = await meter.read(map);
        if (floor.entries !== entries) throw new Error(`The map has ${floor.entries} entries instead of ${entries}`);
        await meter.move();
        await exporter.longestStall();
        const cpuBefore = exporter.cpuSeconds();
        const { milliseconds, bytes } = await meter.get({ ...request, ...headers });
        // The exporter still works a little after the last byte.
        await sleep(5);
        const cpuSeconds = exporter.cpuSeconds() - cpuBefore;
        const stall = await exporter.longestStall();
        // Warm-up: V8 still compiles.
        if (round < 0) continue;
        floors.push(floor.milliseconds);
        const scraped = scrapes.get(kind)!;
        scraped.times.push(milliseconds);
        scraped.cpuSeconds += cpuSeconds;
        scraped.bytes = bytes;
        scraped.stall = Math.max(scraped.stall, stall);
      }
    }
    const floor = summary(floors);
    const texts = scrapes.get('text')!.times;
    return [...scrapes].map(([kind, { times, cpuSeconds, bytes, stall }]) => {
      const time = summary(times);
      return [
        String(entries),
        kind,
        figure(bytes / 1e6),
        spread(time),
        spread(floor),
        figure(time.median / floor.median),
        figure(time.least / floor.least),
        figure(summary(times.map((milliseconds, round) => milliseconds / texts[round]!)).median),
        figure((1000 * cpuSeconds) / rounds),
        kind === 'text' ? figure(first.milliseconds) : '',
        kind === 'text' ? figure(firstStall) : '',
        figure(stall),
      ];
    });
  } finally {
    meter.close();
    await exporter.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Writes the configuration of one probe. @returns its folder, which the caller removes */
function configured(entries: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-bench-'));
  const probe = {
    probe: 'scrape',
    summary: 'A map to scrape.',
    object: benchObject('scrape'),
    // A map that is three quarters full loses entries.
    maps: { events: { max_entries: 2 * entries } },
    metrics: [{ name: 'bench_events_total', type: 'counter', help: 'Events.', map: 'events', limit: entries, labels }],
  };
  writeFileSync(join(folder, 'scrape.yaml'), JSON.stringify(probe));
  writeFileSync(join(folder, 'santabpf.yaml'), JSON.stringify({ probes: ['scrape'], probe_path: ['.'] }));
  return folder;
}
