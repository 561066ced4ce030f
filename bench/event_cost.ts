/**
 * What a shipped probe adds to the thing it counts: a C loop that does it, with no program, with an empty program on each of
 * the probe's hooks, and with the probe, in turn.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfiguration } from '../src/config/load.js';
import { inspectHost } from '../src/kernel/host.js';
import { KernelProbe } from '../src/kernel/kernel_probe.js';
import { loadAddon } from '../src/kernel/load_addon.js';
import type { LoadRequest } from '../src/kernel/load_request.js';
import { Bystanders } from './bystanders.js';
import { benchObject, workloadProgram } from './compiled.js';
import { figure, printTable, spread, summary } from './numbers.js';
import { root } from './root.js';

const rounds = 21;
/** More than any round lasts. */
const ENDLESS = 1e12;
const addon = loadAddon(join(root, 'build/Release/santabpf.node'));
const context = {
  addon,
  host: inspectHost({ proc: '/proc', sys: '/sys' }),
  btfPath: undefined,
  onLog: () => {},
};

const bystanders = new Bystanders();

/** What is done, and how often in a round, to make a probe's programs run. */
interface Load {
  readonly title: string;
  readonly count: number;
  readonly workload: string;
  readonly parameters?: readonly string[];
  /** Whether another process does the same on another CPU meanwhile. */
  readonly isShared?: boolean;
}

const getppid: Load = { title: 'getppid', workload: 'getppid', count: 400_000 };
const loads: readonly (readonly [probe: string, ...loads: Load[]])[] = [
  [
    'syscalls',
    getppid,
    { ...getppid, title: 'getppid on 2 CPUs', isShared: true },
    { title: 'failing open', workload: 'failing-open', count: 50_000, parameters: ['ENOENT'] },
    { title: 'refused call', workload: 'refused', count: 50_000, parameters: ['EPERM'] },
  ],
  ['syscall_latency', getppid],
  ['execs', getppid, { title: 'execve', workload: 'execs', count: 150 }],
  [
    'privileges',
    { title: 'fork and exit', workload: 'exits', count: 600, parameters: ['0'] },
    { title: 'execve', workload: 'execs', count: 150 },
  ],
  ['kernel_changes', getppid],
  ['forks', { title: 'fork', workload: 'forks', count: 600 }],
  ['exits', { title: 'fork and exit', workload: 'exits', count: 600, parameters: ['0'] }],
  ['opens', getppid, { title: 'open and close', workload: 'opens', count: 40_000, parameters: ['/dev/null'] }],
  ['reads_writes', getppid, { title: 'write', workload: 'write', count: 200_000, parameters: ['1', '/dev/null'] }],
  ['biolatency', { title: 'block read', workload: 'block', count: 1000, parameters: ['DEVICE', '4096'] }],
  ['runqlat', { title: 'two switches', workload: 'pingpong', count: 10_000 }],
  ['tcp', getppid, { title: 'connection', workload: 'tcp', count: 800 }],
];

/** @param probes to measure, by name; all when there are none */
export async function eventCost(probes: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'santabpf-bench-'));
  const device = new LoopFile(folder);
  try {
    const rows: string[][] = [];
    for (const [probe, ...events] of loads) {
      if (probes.length > 0 && !probes.includes(probe)) continue;
      for (const load of events) {
        const withDevice = load.parameters?.map((parameter) => (parameter === 'DEVICE' ? device.path : parameter));
        rows.push(...(await compare(probe, { ...load, ...(withDevice && { parameters: withDevice }) }, folder)));
      }
    }
    printTable(['probe', 'per', 'ns alone', 'empty adds', 'probe adds', 'over empty', 'naive adds'], rows);
    if (bystanders.wereThere)
      console.log('Other processes had programs attached: these events were dearer to begin with.');
    if (probes.length === 0 || probes.includes('profile')) await profileCost(folder);
  } finally {
    device.close();
    rmSync(folder, { recursive: true });
  }
}

async function compare(probe: string, load: Load, folder: string): Promise<string[][]> {
  const request = requestFor(probe, folder);
  const empty = await emptyRequest(request);
  const naive = probe === 'syscalls' ? plainRequest('naive', benchObject('shared_hash')) : undefined;
  const candidates: readonly (LoadRequest | undefined)[] = [undefined, empty, request, ...(naive ? [naive] : [])];
  const times: number[][] = candidates.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < candidates.length; turn++) {
      // Each comes first, second, ... equally often.
      const index = (turn + round + 1) % candidates.length;
      const nanoseconds = await bystanders.without(() => timed(candidates[index], load));
      if (round >= 0) times[index]!.push(nanoseconds);
    }
  }
  const [alone, withEmpty, withProbe, withNaive] = times.map(summary);
  const added = (to: { median: number } | undefined) => (to ? figure(to.median - alone!.median) : '');
  return [
    [
      probe,
      load.title,
      spread(alone!),
      added(withEmpty),
      added(withProbe),
      figure(withProbe!.median - withEmpty!.median),
      added(withNaive),
    ],
  ];
}

/** Nanoseconds per repetition while the programs of `request` are attached. */
async function timed(request: LoadRequest | undefined, load: Load): Promise<number> {
  const attached = request && (await KernelProbe.load(context, request));
  try {
    await attached?.attach();
    return (await runWorkload(load)) / load.count;
  } finally {
    attached?.close();
  }
}

async function runWorkload({ workload, count, parameters = [], isShared = false }: Load): Promise<number> {
  // Each on one CPU: what the scheduler does between two is not the probe's doing.
  const words = (cpu: number, times: number) => [
    '-c',
    String(cpu),
    workloadFile(),
    workload,
    String(times),
    ...parameters,
  ];
  const other = isShared ? spawn('taskset', words(0, ENDLESS), { stdio: 'ignore' }) : undefined;
  const ended = other && new Promise((resolve) => other.once('close', resolve));
  try {
    if (other) await sleep(50);
    const told = execFileSync('taskset', words(1, count), { encoding: 'utf8' });
    return (JSON.parse(told) as { nanoseconds: number }).nanoseconds;
  } finally {
    other?.kill('SIGKILL');
    await ended;
  }
}

let compiledWorkload: string | undefined;
function workloadFile(): string {
  compiledWorkload ??= workloadProgram();
  return compiledWorkload;
}

/** A shipped probe with its own settings. */
function requestFor(probe: string, folder: string): LoadRequest {
  const file = join(folder, 'santabpf.yaml');
  writeFileSync(file, JSON.stringify({ probes: [probe], probe_path: [join(root, 'config/probes')] }));
  const { probes } = loadConfiguration(file, { objectFolder: join(root, 'dist/bpf') });
  const { spec } = probes[0]!;
  return {
    ...plainRequest(probe, join(root, `dist/bpf/${probe}.bpf.o`)),
    alternatives: spec.programs?.alternatives ?? [],
    optional: spec.programs?.optional ?? [],
    perfEvents: spec.programs?.perfEvents ?? [],
  };
}

function plainRequest(probe: string, object: string): LoadRequest {
  return { probe, object, alternatives: [], perfEvents: [], iterators: [], maxEntries: {}, constants: [] };
}

/** Empty programs for the hooks on which the programs of a probe come to hang here. */
async function emptyRequest(request: LoadRequest): Promise<LoadRequest> {
  const probe = await KernelProbe.load(context, request);
  await probe.attach();
  const sections = probe.programs().map(({ section }) => section);
  probe.close();
  const path = benchObject('empty');
  const object = new addon.BpfObject(path);
  const programs = object.programs();
  object.close();
  const missing = sections.find((section) => !programs.some((program) => program.section === section));
  if (missing !== undefined) throw new Error(`bench/bpf/empty.bpf.c has no program for ${missing}`);
  // All others are alternatives to the first one, and so not loaded.
  const [first, ...rest] = programs.filter(({ section }) => sections.includes(section)).map(({ name }) => name);
  const unused = programs.map(({ name }) => name).filter((name) => name !== first && !rest.includes(name));
  return { ...plainRequest('empty', path), alternatives: [[first!, ...unused]] };
}

/** Samples are too rare to be seen in a loop: the kernel's own count of the program's time. */
async function profileCost(folder: string): Promise<void> {
  const probe = await KernelProbe.load(context, requestFor('profile', folder));
  const statistics = new addon.RunStatistics();
  try {
    await probe.attach();
    execFileSync(workloadFile(), ['spin', '3000'], { stdio: 'ignore' });
    const { name } = probe.programs()[0]!;
    const { runs, nanoseconds } = probe.runCounts(name);
    console.log(
      `profile: ${figure(nanoseconds / runs)} ns per sample by the kernel's run statistics (${runs} samples)`,
    );
  } finally {
    statistics.close();
    probe.close();
  }
}

/** A block device on a file, in a folder that its owner removes. */
class LoopFile {
  readonly path: string;

  constructor(folder: string) {
    const image = join(folder, 'image');
    writeFileSync(image, Buffer.alloc(4 << 20, 'x'));
    this.path = execFileSync('losetup', ['--find', '--show', image], { encoding: 'utf8' }).trim();
  }

  close(): void {
    execFileSync('losetup', ['--detach', this.path]);
  }
}
