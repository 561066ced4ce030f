import { setTimeout as sleep } from 'node:timers/promises';
import { fault } from '../errors/fault.js';
import { nearest } from '../nearest.js';
import { readPage } from './page.js';
import { ratesOf } from './rates.js';
import { type MetricFamily, readSamples } from './samples.js';
import type { Screen } from './screen.js';
import { aligned, metricsTable, seriesTable } from './tables.js';

export interface TopOptions {
  readonly url: URL;
  /** All metrics if undefined. */
  readonly metric: string | undefined;
  /** Labels to add up by; all labels if undefined. */
  readonly by: readonly string[] | undefined;
  readonly seconds: number;
  /** Tables to draw; 0 is no limit. */
  readonly count: number;
}

interface Reading {
  /** Seconds, of a clock that never jumps. */
  readonly at: number;
  readonly families: Map<string, MetricFamily>;
}

/** Lines of a screen that are no rows of the table: its title, an empty line, and the titles of columns. */
const otherLines = 3;

/**
 * Draws what an exporter's series do, again and again.
 * @throws SantaError METRICS_UNREADABLE, METRIC_UNKNOWN; the screen is the caller's to close
 */
export async function top(options: TopOptions, screen: Screen): Promise<void> {
  const { url, seconds, count } = options;
  let before = await read(url);
  const metric = familyName(options.metric, before.families, url);
  screen.announce(`${url.host}: reading twice, ${seconds} s apart ...`);
  for (let drawn = 0; count === 0 || drawn < count; drawn++) {
    if (await waitFor(seconds * 1000, screen)) return;
    const now = await read(url);
    screen.draw(linesOf(now, before, metric, options, screen));
    before = now;
  }
}

/** @returns whether a person ends the program. A change of the terminal's size shows at the next table. */
async function waitFor(milliseconds: number, screen: Screen): Promise<boolean> {
  const end = performance.now() + milliseconds;
  for (let left = milliseconds; left > 0; left = end - performance.now()) {
    if (await screen.wait(left)) return true;
  }
  return false;
}

/** One reading of rates as an object for JSON. @throws SantaError as `top` */
export async function ratesAsJson({ url, metric, by, seconds }: TopOptions): Promise<object> {
  const before = await read(url);
  const name = familyName(metric, before.families, url);
  await sleep(seconds * 1000);
  const now = await read(url);
  const interval = now.at - before.at;
  const families = [...now.families.values()].filter((family) => name === undefined || family.name === name);
  return {
    seconds: interval,
    metrics: families.map((family) => ({
      name: family.name,
      type: family.type,
      series: ratesOf(family, before.families.get(family.name), interval, by).map(({ labels, rate, ...row }) => ({
        labels: Object.fromEntries(labels),
        // Of a gauge it is the value, by which rows are sorted.
        ...(family.type !== 'gauge' && { rate }),
        ...row,
      })),
    })),
  };
}

async function read(url: URL): Promise<Reading> {
  const text = await readPage(url);
  return { at: performance.now() / 1000, families: readSamples(text) };
}

/** The metric's name with or without its prefix. */
function familyName(
  given: string | undefined,
  families: ReadonlyMap<string, MetricFamily>,
  url: URL,
): string | undefined {
  if (given === undefined) return undefined;
  if (families.has(given)) return given;
  // `santabpf_` or what `metric_prefix` says.
  const names = new Map([...families.keys()].map((name) => [name.slice(name.indexOf('_') + 1), name]));
  const name = names.get(given);
  if (name !== undefined) return name;
  const near = nearest(given, [...names.values()]) ?? names.get(nearest(given, [...names.keys()]) ?? '');
  throw fault('METRIC_UNKNOWN', { name: given, url: url.host, nearest: near ?? only(given, [...names.values()]) });
}

/** The only name with these letters in it. */
function only(given: string, names: readonly string[]): string | undefined {
  const all = names.filter((name) => name.includes(given));
  return all.length === 1 ? all[0] : undefined;
}

function linesOf(
  now: Reading,
  before: Reading,
  metric: string | undefined,
  { url, by }: TopOptions,
  screen: Screen,
): string[] {
  const { columns, rows } = screen.size();
  const seconds = now.at - before.at;
  const interval = `the last ${seconds.toFixed(1)} s`;
  const space = Math.max(1, rows - otherLines);
  if (metric === undefined) {
    const table = metricsTable(now.families, before.families, seconds, space);
    return [`${url.host}: metrics that grew in ${interval}`, '', ...aligned(table, columns)];
  }
  const family = now.families.get(metric);
  if (!family) return [`${url.host}: ${metric} is not on the page now`];
  const table = seriesTable(family, before.families.get(metric), { seconds, rows: space, ...(by && { by }) });
  const title = `${metric} (${family.type}) of ${url.host}, ${interval}, ${family.series.size} series`;
  return [title, family.help, ...aligned(table, columns)].map((line) => [...line].slice(0, columns).join(''));
}
