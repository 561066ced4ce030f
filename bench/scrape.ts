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
import type { GoalRow } from './goals.js';
import { Meter } from './meter.js';
import { figure, printTable, spread, summary } from './numbers.js';
import { pairs, range, verdict } from './pairs.js';

const gzipGoal = 1.3;

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

/** @returns rows of the table of goals: the time of a compressed scrape in times of an uncompressed one */
export async function scrape(sizes: readonly number[]): Promise<GoalRow[]> {
  const rows: string[][] = [];
  const goals: GoalRow[] = [];
  for (const entries of sizes) {
    const { cells, text, gzip } = await measure(entries);
    rows.push(...cells);
    const ratio = pairs(gzip, text);
    goals.push({
      measure: `gzip scrape, ${entries.toLocaleString('en')} series, ms`,
      ours: `${figure(summary(gzip).median)}, text × ${range(ratio)}`,
      goal: entries === 100_000 ? `≤ text × ${gzipGoal}` : '',
      reached: entries === 100_000 ? verdict(ratio, (times) => times <= gzipGoal) : '',
    });
  }
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
  return goals;
}

interface Measured {
  readonly cells: string[][];
  /** Milliseconds of each round. */
  readonly text: readonly number[];
  readonly gzip: readonly number[];
}

async function measure(entries: number): Promise<Measured> {
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
    const cells = [...scrapes].map(([kind, { times, cpuSeconds, bytes, stall }]) => {
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
    return { cells, text: texts, gzip: scrapes.get('text, gzip')!.times };
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
