/** A scrape of the default set while other processes hold many open sockets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configurationFile } from './configuration.js';
import { ExporterProcess } from './exporter_process.js';
import type { GoalRow } from './goals.js';
import { Meter } from './meter.js';
import { figure, printTable } from './numbers.js';
import { OpenSockets } from './open_sockets.js';
import { extent, range } from './pairs.js';

const scrapes = 5;
const goalSeconds = 0.5;
const namespaces = 10;

interface Scraped {
  /** Seconds from the start to the end of the first scrape. */
  readonly first: number;
  /** Seconds of each later scrape. */
  readonly page: readonly number[];
  /** Seconds of the last scrape by probe, slowest first. */
  readonly probes: readonly (readonly [name: string, seconds: number])[];
  /** Probes that the last scrape left out. */
  readonly missing: readonly string[];
}

/**
 * @param unconnected sockets without a connection
 * @param connections in ten network namespaces
 * @returns the rows of the table of goals
 */
export async function sockets(unconnected: number, connections: number): Promise<GoalRow[]> {
  const none = await scraped();
  const many = await beside(OpenSockets.unconnected(unconnected));
  const connected = await beside(OpenSockets.connected(connections, namespaces));
  const cases = [
    ['none', none],
    [amount(unconnected, 'sockets'), many],
    [amount(connections, `connections in ${namespaces} namespaces`), connected],
  ] as const;
  printTable(
    ['open beside', 'start to first scrape s', 'page s', 'slowest probes, s', 'left out'],
    cases.map(([title, { first, page, probes, missing }]) => [
      title,
      figure(first),
      seconds(page),
      probes
        .slice(0, 3)
        .map(([name, time]) => `${name} ${figure(time)}`)
        .join(', '),
      missing.join(', ') || 'none',
    ]),
  );
  return cases.slice(1).map(([title, result]) => ({
    measure: `a scrape beside ${title}, s`,
    off: `${seconds(none.page)} without`,
    ours: seconds(result.page) + (result.missing.length > 0 ? `, without ${result.missing.join(' and ')}` : ''),
    goal: `< ${goalSeconds}, all probes`,
    reached: result.missing.length === 0 && Math.max(...result.page) < goalSeconds ? 'yes' : 'no',
  }));
}

async function beside(opening: Promise<OpenSockets>): Promise<Scraped> {
  const open = await opening;
  try {
    return await scraped();
  } finally {
    await open.close();
  }
}

async function scraped(): Promise<Scraped> {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-bench-'));
  const meter = new Meter();
  const begin = performance.now();
  const exporter = await ExporterProcess.start({ configFile: configurationFile(folder) });
  try {
    await exporter.get('/metrics');
    const first = (performance.now() - begin) / 1000;
    const page: number[] = [];
    const request = { port: exporter.port, path: '/metrics', accept: 'text/plain', encoding: 'identity' };
    for (let scrape = 0; scrape < scrapes; scrape++) page.push((await meter.get(request)).milliseconds / 1000);
    const text = await exporter.get('/metrics');
    const byProbe = (metric: string) =>
      [...text.matchAll(new RegExp(`^santabpf_${metric}\\{probe="(\\w+)"\\} (\\S+)$`, 'gm'))].map(
        ([, name, value]) => [name!, Number(value)] as const,
      );
    return {
      first,
      page,
      probes: byProbe('scrape_duration_seconds').toSorted(([, a], [, b]) => b - a),
      missing: byProbe('scrape_success')
        .filter(([, value]) => value === 0)
        .map(([name]) => name),
    };
  } finally {
    meter.close();
    await exporter.stop();
    rmSync(folder, { recursive: true });
  }
}

function seconds(values: readonly number[]): string {
  return range(extent(values), 0);
}

/** `2.5 M sockets`, `200,000 connections`. */
function amount(count: number, things: string): string {
  return `${count >= 1e6 ? `${count / 1e6} M` : count.toLocaleString('en')} ${things}`;
}
