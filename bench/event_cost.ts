/**
 * The time that a shipped probe adds to the events it counts. A C loop makes the events: without a program, with an empty
 * program on each hook of the probe, and with the probe, in turn.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadRequest } from '../src/kernel/load_request.js';
import { Bystanders } from './bystanders.js';
import { benchObject } from './compiled.js';
import { eventLoads, type Load } from './event_loads.js';
import { LoopDevice } from './loop_device.js';
import { figure, printTable, spread, summary } from './numbers.js';
import { attachProbe, emptyRequest, plainRequest, shippedRequest } from './probe_requests.js';
import { sampleCost } from './sample_cost.js';
import { runWorkload } from './workload.js';

const rounds = 21;
const bystanders = new Bystanders();

/** @param probes names of the probes to measure; all when empty */
export async function eventCost(probes: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-bench-'));
  const device = new LoopDevice(folder);
  try {
    const rows: string[][] = [];
    for (const [probe, ...loads] of eventLoads) {
      if (probes.length > 0 && !probes.includes(probe)) continue;
      for (const load of loads) {
        const parameters = load.parameters?.map((parameter) => (parameter === 'DEVICE' ? device.path : parameter));
        rows.push(await compare(probe, { ...load, ...(parameters && { parameters }) }, folder));
      }
    }
    printTable(['probe', 'per', 'ns alone', 'empty adds', 'probe adds', 'over empty', 'naive adds'], rows);
    if (bystanders.interfered) console.log('Programs of other processes were attached: events were slower throughout.');
    if (probes.length === 0 || probes.includes('profile')) await sampleCost(folder);
  } finally {
    device.close();
    rmSync(folder, { recursive: true });
  }
}

/** Measures one load. @returns a row of the table */
async function compare(probe: string, load: Load, folder: string): Promise<string[]> {
  const request = shippedRequest(probe, folder);
  const empty = await emptyRequest(request);
  const naive = probe === 'syscalls' ? plainRequest('naive', benchObject('shared_hash')) : undefined;
  const candidates: readonly (LoadRequest | undefined)[] = [undefined, empty, request, ...(naive ? [naive] : [])];
  const times: number[][] = candidates.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < candidates.length; turn++) {
      // Each candidate takes each place in the round equally often.
      const index = (turn + round + 1) % candidates.length;
      const nanoseconds = await bystanders.without(() => timed(candidates[index], load));
      if (round >= 0) times[index]!.push(nanoseconds);
    }
  }
  const [alone, withEmpty, withProbe, withNaive] = times.map(summary);
  const added = (to: { median: number } | undefined) => (to ? figure(to.median - alone!.median) : '');
  return [
    probe,
    load.title,
    spread(alone!),
    added(withEmpty),
    added(withProbe),
    figure(withProbe!.median - withEmpty!.median),
    added(withNaive),
  ];
}

/** Nanoseconds per repetition while the programs of `request` are attached. */
async function timed(request: LoadRequest | undefined, load: Load): Promise<number> {
  const attached = request && (await attachProbe(request));
  try {
    return (await runWorkload(load)) / load.count;
  } finally {
    attached?.close();
  }
}
