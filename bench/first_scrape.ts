/** From the start of a process to the last byte of its first page, and memory after many gzip scrapes. A bare Node is the floor. */
import { BareServer } from './bare_server.js';
import { configurationFile } from './configuration.js';
import { anonymousMemory, ExporterProcess } from './exporter_process.js';
import type { GoalRow } from './goals.js';
import { Meter } from './meter.js';
import { figure, printTable, summary } from './numbers.js';
import { extent, pairs, range, verdict } from './pairs.js';
import { type StateOptions, statesOf } from './states.js';

const rounds = 9;
const processes = 3;
const scrapes = 50;
/** As many as the examples that the peer was measured with on 2026-11-26. */
const eight = ['syscalls', 'execs', 'exits', 'biolatency', 'runqlat', 'tcp', 'oom_kills', 'packet_drops'];
/** Milliseconds; the first is what the peer took that day, and gives way to a peer in the same run. */
const goals = { eight: 273, all: 600, megabytes: 28 };

interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

export async function firstScrape(options: StateOptions): Promise<GoalRow[]> {
  const { folder } = options;
  const eightFile = configurationFile(folder, eight);
  const allFile = configurationFile(folder);
  const peer = statesOf(options).find(({ title }) => title === 'peer');
  const candidates = new Map<string, () => Promise<() => Promise<void>>>([
    ['node:http alone', () => page(BareServer.start())],
    ['8 probes', () => page(ExporterProcess.start({ configFile: eightFile }))],
    ['default set', () => page(ExporterProcess.start({ configFile: allFile }))],
    ...(peer ? ([['peer', () => peer.begin()]] as const) : []),
  ]);
  const times = await startTimes([...candidates.values()]);
  printTable(
    ['start to first scrape', 'ms', '× node:http'],
    [...candidates.keys()].map((title, index) => [
      title,
      middle(times[index]!),
      index === 0 ? '' : range(pairs(times[index]!, times[0]!)),
    ]),
  );
  const memory = await memories(allFile);
  console.log(`RssAnon after ${scrapes} gzip scrapes, MB: ${memory.map(figure).join(', ')}`);
  const [bare, withEight, withAll, withPeer] = times as [number[], number[], number[], number[] | undefined];
  const best = withPeer ? summary(withPeer).median : goals.eight;
  return [
    {
      measure: 'start to first scrape, 8 probes, ms',
      off: `node:http ${middle(bare)}`,
      ...(withPeer && { peer: middle(withPeer) }),
      ours: middle(withEight),
      goal: `≤ ${figure(best)}, the peer's`,
      reached: verdict(extent(withEight), (value) => value <= best),
    },
    {
      measure: 'start to first scrape, default set, ms',
      ours: middle(withAll),
      goal: `< ${goals.all}`,
      reached: verdict(extent(withAll), (value) => value < goals.all),
    },
    {
      measure: `RssAnon after ${scrapes} gzip scrapes, MB`,
      ours: middle(memory),
      goal: `≤ ${goals.megabytes}`,
      reached: verdict(extent(memory), (value) => value <= goals.megabytes),
    },
  ];
}

/** @returns by candidate: milliseconds of each round */
async function startTimes(candidates: readonly (() => Promise<() => Promise<void>>)[]): Promise<number[][]> {
  const times: number[][] = candidates.map(() => []);
  // The first round only fills the page cache.
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < candidates.length; turn++) {
      const index = (turn + round + 1) % candidates.length;
      const begin = performance.now();
      const end = await candidates[index]!();
      if (round >= 0) times[index]!.push(performance.now() - begin);
      await end();
    }
  }
  return times;
}

/** Resolves after the first page, to the function that stops the process. */
async function page(starting: Promise<Running>): Promise<() => Promise<void>> {
  const running = await starting;
  await (await fetch(`http://127.0.0.1:${running.port}/metrics`)).text();
  return () => running.stop();
}

/** @returns megabytes of anonymous memory of several processes, one after another */
async function memories(configFile: string): Promise<number[]> {
  const results: number[] = [];
  const meter = new Meter();
  for (let process = 0; process < processes; process++) {
    const exporter = await ExporterProcess.start({ configFile });
    const request = { port: exporter.port, path: '/metrics', accept: 'text/plain', encoding: 'gzip' };
    for (let scrape = 0; scrape < scrapes; scrape++) await meter.get(request);
    results.push(anonymousMemory(exporter.process.pid!) / 1e6);
    await exporter.stop();
  }
  meter.close();
  return results;
}

function middle(values: readonly number[]): string {
  return range(extent(values), 0);
}
