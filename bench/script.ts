/**
 * Scripts: how long it takes to compile and load one, and what an event costs beside the same program in C.
 * `--peer COMMAND [ARGUMENT...]` adds bpftrace's time from its start until everything is attached.
 */
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BpfObject } from '../src/kernel/addon.js';
import { benchObject, bundledProgram } from './compiled.js';
import { getppid } from './event_loads.js';
import type { GoalRow } from './goals.js';
import { figure, printTable, spread, summary } from './numbers.js';
import { extent, pairs, range, verdict } from './pairs.js';
import { addon } from './probe_requests.js';
import { root } from './root.js';
import type { StageTimes } from './script_stages.js';
import { runWorkload } from './workload.js';

/** Name of the same program in bench/bpf, and the script. */
const scripts = {
  script_count: 'rawtracepoint:sys_enter { @[comm] = count(); }',
  script_sum: 'rawtracepoint:sys_exit /args.ret > 0/ { @[comm] = sum(args.ret); }',
  script_hist: 'rawtracepoint:sys_exit { @ = hist(args.ret); }',
  script_latency:
    'rawtracepoint:sys_enter { @start[tid] = nsecs; } rawtracepoint:sys_exit /@start[tid]/ { @ns[comm] = hist(nsecs - @start[tid]); delete(@start, tid); }',
};
const defaultRounds = 15;
const goals = { milliseconds: 30, ratio: 1.1 };

export async function script(rounds: number | undefined, peer: readonly string[], folder: string): Promise<GoalRow[]> {
  const times = await startTimes(rounds ?? defaultRounds, peer);
  const costs: GoalRow[] = [];
  const rows: string[][] = [];
  for (const [name, text] of Object.entries(scripts)) {
    const { inC, inScript } = await eventCosts(
      rounds ?? defaultRounds,
      benchObject(name),
      compiledObject(text, folder),
    );
    const ratio = pairs(inScript, inC);
    rows.push([name, spread(summary(inC)), spread(summary(inScript)), range(ratio)]);
    costs.push({
      measure: `${name}, ns per event`,
      floor: `in C ${figure(summary(inC).median)}`,
      ours: `${figure(summary(inScript).median)}, C × ${range(ratio)}`,
      goal: `≤ C × ${goals.ratio}`,
      reached: verdict(ratio, (value) => value <= goals.ratio),
    });
  }
  console.log();
  printTable(['program', 'ns in C', 'ns of the script', '× C'], rows);
  return [times, ...costs];
}

/**
 * Each round is a fresh process with the compiled code that the build keeps, as in the exporter, which compiles in a process that it starts
 * for that.
 */
async function startTimes(rounds: number, peer: readonly string[]): Promise<GoalRow> {
  const program = bundledProgram('script_stages');
  const addonFile = join(root, 'build/Release/santabpf.node');
  // The flags of a reading process.
  const words = ['--no-opt', '--min-semi-space-size=16', join(root, 'bench/run_bundle.mjs'), program, addonFile];
  const stages: StageTimes[] = [];
  const ofPeer: number[] = [];
  // The first round fills the page cache, and keeps what V8 compiles.
  for (let round = -1; round < rounds; round++) {
    const output = execFileSync(process.execPath, [...words, scripts.script_count], { encoding: 'utf8' });
    const began = performance.now();
    if (peer.length > 0) await attachedBy(peer);
    if (round < 0) continue;
    stages.push(JSON.parse(output) as StageTimes);
    ofPeer.push(performance.now() - began);
  }
  const row = (title: string, values: readonly number[]) => [title, spread(summary(values))];
  const all = stages.map(({ compile, load, attach }) => compile + load + attach);
  printTable(
    ['one line', 'ms'],
    [
      row(
        'compile',
        stages.map(({ compile }) => compile),
      ),
      row(
        'load',
        stages.map(({ load }) => load),
      ),
      row(
        'attach',
        stages.map(({ attach }) => attach),
      ),
      row('all three', all),
      row(
        'CPU time of all three',
        stages.map(({ cpu }) => cpu),
      ),
      ...(peer.length > 0 ? [row('bpftrace, from its start until it has attached', ofPeer)] : []),
    ],
  );
  return {
    measure: 'compile and load one line, ms',
    ...(peer.length > 0 && { peer: figure(summary(ofPeer).median) }),
    ours: range(extent(all), 0),
    goal: `< ${goals.milliseconds}`,
    reached: verdict(extent(all), (value) => value < goals.milliseconds),
  };
}

/** Resolves when bpftrace has attached the script. Ends it. */
async function attachedBy([command = '', ...words]: readonly string[]): Promise<void> {
  const child = spawn(command, [...words, '-f', 'json', '-e', scripts.script_count], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let isAttached = false;
  for await (const line of createInterface({ input: child.stdout })) {
    isAttached = line.includes('attached_probes');
    if (isAttached) break;
  }
  child.kill('SIGINT');
  child.stdout.resume();
  await ended;
  if (!isAttached) throw new Error(`${command} did not attach the script`);
}

function compiledObject(text: string, folder: string): string {
  const source = join(folder, 'script.bt');
  const object = join(folder, 'script.bpf.o');
  writeFileSync(source, text);
  execFileSync(process.execPath, [join(root, 'dist/main.js'), 'script', source, `--object=${object}`]);
  return object;
}

/**
 * Runs an empty program, the one in C and the script's at the same events, and reads the kernel's run statistics: what one of them takes
 * more than the empty one. Which of the two comes first matters, because it finds cold what both use: a round has both orders.
 */
async function eventCosts(
  rounds: number,
  inC: string,
  inScript: string,
): Promise<{ inC: number[]; inScript: number[] }> {
  const objects: BpfObject[] = [];
  for (const file of [benchObject('script_empty'), inC, inScript]) {
    const object = new addon.BpfObject(file, { name: 'script' });
    await object.load();
    objects.push(object);
  }
  const [empty, ofC, ofScript] = objects as [BpfObject, BpfObject, BpfObject];
  const statistics = new addon.RunStatistics();
  const results = { inC: [] as number[], inScript: [] as number[] };
  try {
    for (let round = -1; round < rounds; round++) {
      const one = await costs([empty, ofC, ofScript]);
      const other = await costs([empty, ofScript, ofC]);
      if (round < 0) continue;
      results.inC.push((one[0]! + other[1]!) / 2);
      results.inScript.push((one[1]! + other[0]!) / 2);
    }
  } finally {
    statistics.close();
    for (const object of objects) object.close();
  }
  return results;
}

/** @returns nanoseconds of an event in all programs of each object but the first, which has an empty program at each of the two hooks */
async function costs(order: readonly BpfObject[]): Promise<number[]> {
  const links = order.flatMap((object) => object.programs().map(({ name }) => object.attach(name)));
  const before = order.map(runsOf);
  await runWorkload(getppid);
  const after = order.map(runsOf);
  for (const link of links) link.detach();
  const [floor, ...each] = after.map((programs, index) =>
    programs.map((program, place) => difference(program, before[index]![place]!)),
  );
  const [atEnter, atExit] = floor as [number, number];
  return each.map((times, index) =>
    order[index + 1]!.programs().reduce(
      (sum, { section }, place) => sum + times[place]! - (section.endsWith('enter') ? atEnter : atExit),
      0,
    ),
  );
}

interface Runs {
  readonly nanoseconds: number;
  readonly count: number;
}

function runsOf(object: BpfObject): Runs[] {
  return object.programs().map(({ name }) => {
    const { runTimeNs = 0, runCount = 0 } = object.programInfo(name);
    return { nanoseconds: runTimeNs, count: runCount };
  });
}

/** Nanoseconds of a run. */
function difference(after: Runs, before: Runs): number {
  return (after.nanoseconds - before.nanoseconds) / (after.count - before.count);
}
