/**
 * Measures the table of docs/performance.md: `npm run bench`. One benchmark: `npm run bench -- NAME [ARGUMENT...]`.
 * `--peer COMMAND [ARGUMENT...]` at the end adds another exporter.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTracingElsewhere } from './bystanders.js';
import { eventCost } from './event_cost.js';
import { exposition } from './exposition.js';
import { firstScrape } from './first_scrape.js';
import { flightRecorder } from './flight_recorder.js';
import { type GoalRow, printGoals } from './goals.js';
import { idle } from './idle.js';
import { busyShare, mostOthers } from './machine_load.js';
import { memory } from './memory.js';
import { moreScrapes } from './more_scrapes.js';
import { nginx } from './nginx.js';
import { redis } from './redis.js';
import { requestCost } from './request_cost.js';
import { scrape } from './scrape.js';
import { sockets } from './sockets.js';

import { systemCall } from './system_call.js';
import { countsOf, UsageFault } from './usage.js';

interface Call {
  /** Whether all benchmarks of the table run. */
  readonly isTable: boolean;
  readonly parameters: readonly string[];
  readonly peer: readonly string[];
  readonly folder: string;
}

/** Their rows are the table of goals. */
const ofTable: Readonly<Record<string, (call: Call) => Promise<GoalRow[]>>> = {
  system_call: ({ parameters: more, peer, folder }) => systemCall({ more, peer, folder }),
  redis: ({ parameters: more, peer, folder }) => redis({ more, peer, folder }),
  nginx: ({ parameters: more, peer, folder }) => nginx({ more, peer, folder }),
  first_scrape: ({ parameters: more, peer, folder }) => firstScrape({ more, peer, folder }),
  scrape: ({ parameters }) => scrape(countsOf(parameters, [10_000, 100_000])),
  sockets: ({ parameters, isTable }) => {
    const defaults = isTable ? [2_500_000, 200_000] : [200_000, 20_000];
    const [unconnected = 0, connections = defaults[1]!] = countsOf(parameters, defaults);
    return sockets(unconnected, connections);
  },
};

/** Run only by name. */
const others: Readonly<Record<string, (call: Call) => Promise<void>>> = {
  request_cost: ({ parameters, folder }) => requestCost(parameters, folder),
  event_cost: ({ parameters }) => eventCost(parameters),
  memory: ({ parameters }) => memory(parameters),
  more_scrapes: () => moreScrapes(),
  idle: ({ parameters }) => idle(countsOf(parameters, [60])[0]!),
  flight_recorder: ({ parameters }) => flightRecorder(countsOf(parameters, [60])[0]!),
  exposition: ({ parameters }) => exposition(countsOf(parameters, [1000, 10_000, 100_000])),
};

async function measure(call: Call, names: readonly string[]): Promise<void> {
  const rows: GoalRow[] = [];
  for (const name of names) {
    console.log(`\n## ${name}\n`);
    if (Object.hasOwn(ofTable, name)) rows.push(...(await ofTable[name]!(call)));
    else await others[name]!(call);
  }
  if (rows.length > 0) {
    console.log('\n## Goals\n');
    printGoals(rows);
  }
}

// A Node that has it parses a file of certificates before its first line: as long as a bare Node takes to start, and 2 MB.
delete process.env.NODE_EXTRA_CA_CERTS;
const all = process.argv.slice(2);
const separator = all.indexOf('--peer');
const peer = separator < 0 ? [] : all.slice(separator + 1);
const [chosen, ...parameters] = separator < 0 ? all : all.slice(0, separator);
const known = [...Object.keys(ofTable), ...Object.keys(others)];
if (chosen !== undefined && !known.includes(chosen)) {
  console.error(`There is no benchmark "${chosen}". Choose one of: ${known.join(', ')}.`);
  process.exit(2);
}
const began = performance.now();
console.log(`Linux ${release()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`);
const share = await busyShare(2);
const warning = `The machine is not quiet: other work uses ${Math.round(share * 100)} % of the CPUs. Measure again without it.`;
if (share > mostOthers) console.log(warning);
if (isTracingElsewhere())
  console.log('Programs of other processes are attached: the floor is too low, and so are all costs.');
const folder = mkdtempSync(join(tmpdir(), 'santabpf-bench-'));
try {
  const isTable = chosen === undefined;
  await measure({ isTable, parameters, peer, folder }, isTable ? Object.keys(ofTable) : [chosen]);
  if (share > mostOthers) console.log(`\n${warning}`);
  console.log(`\n${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
} catch (error) {
  if (!(error instanceof UsageFault)) throw error;
  console.error(error.message);
  process.exitCode = 2;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
