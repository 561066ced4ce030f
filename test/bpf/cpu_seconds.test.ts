import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configFor, shippedProbePath } from '../harness/exporter.js';
import { GroundTruth, type Labels, Measurement, type Samples } from '../harness/ground_truth.js';
import { needs } from '../harness/requirements.js';
import { Workload } from '../harness/workload.js';

const metric = 'cpu_seconds_total';
/** The kernel frees a task some hundredths of a second after its parent has waited for it. */
const FREED_MS = 1000;
/** The kernel updates the CPU time of a running task at every tick: at 100 Hz, the slowest usual rate, this late. */
const TICK = 0.01;

/** A process that can be stopped, so that its CPU time stands still and is known to the nanosecond. */
class Stoppable {
  readonly #child: ChildProcess;

  constructor(file: string, ...args: readonly string[]) {
    this.#child = spawn(file, args, { stdio: 'ignore' });
  }

  async runFor(milliseconds: number): Promise<void> {
    this.#child.kill('SIGCONT');
    await sleep(milliseconds);
    this.#child.kill('SIGSTOP');
    while (!this.#read('stat').includes(') T ')) await sleep(1);
    // Until the last thread has left the CPU.
    for (let before = -1; before !== this.seconds; await sleep(20)) before = this.seconds;
  }

  /** The scheduler's own number, in seconds. */
  get seconds(): number {
    const threads = readdirSync(`/proc/${this.#child.pid}/task`);
    return threads.reduce((sum, id) => sum + Number(this.#read(`task/${id}/schedstat`).split(' ')[0]), 0) / 1e9;
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }

  #read(file: string): string {
    return readFileSync(`/proc/${this.#child.pid}/${file}`, 'utf8');
  }
}

/** The CPU time of all tasks of the host, dead and alive, in seconds. */
function hostSeconds(): number | undefined {
  const [first, second] = ['/sys/fs/cgroup/cpuacct/cpuacct.usage', '/sys/fs/cgroup/cpu.stat'];
  if (existsSync(first)) return Number(readFileSync(first, 'utf8')) / 1e9;
  const usage = existsSync(second) && /^usage_usec (\d+)$/m.exec(readFileSync(second, 'utf8'))?.[1];
  return usage ? Number(usage) / 1e6 : undefined;
}

describe('cpu_seconds', needs({ root: true, bpf: true }), () => {
  let truth: GroundTruth;
  /** Older than the exporter. */
  let older: Stoppable;
  /** Its CPU time when the exporter started. */
  let secondsBefore: number;
  let olderWorkload: Workload;
  beforeAll(async () => {
    olderWorkload = new Workload();
    older = new Stoppable(olderWorkload.file, '--comm', 'gt-older', 'spin', '1000000', 'user');
    await older.runFor(300);
    secondsBefore = older.seconds;
    truth = await GroundTruth.start({ config: configFor('cpu_seconds') }, [['jobs', '100'], ['forks']]);
  });
  afterAll(async () => {
    await truth?.stop();
    await older?.end();
    await olderWorkload?.close();
  });

  const of = (samples: Samples, labels: Labels) => samples.values(metric, labels).get('');

  async function measure(...work: (string | number)[]): Promise<Measurement> {
    const before = await truth.scrape();
    const facts = await truth.workload.perform(...work);
    await sleep(FREED_MS);
    return new Measurement([facts], before, await truth.scrape());
  }

  test('counts a living process exactly, without the time before the first scrape', async () => {
    const command = { command: 'gt-older' };
    expect(secondsBefore).toBeGreaterThan(0.01);
    const start = older.seconds;
    expect(of(await truth.scrape(), command)).toBeCloseTo(start - secondsBefore, 8);
    for (let round = 0; round < 3; round++) {
      await older.runFor(200);
      expect(of(await truth.scrape(), command)).toBeCloseTo(older.seconds - secondsBefore, 8);
    }
    expect(older.seconds - start).toBeGreaterThan(0.01);
  });

  test.each([
    ['that do nothing', 500, 0, 0],
    ['that take less CPU time than a tick', 300, 500, 0],
    ['that are interrupted by ticks', 30, 15_000, 0],
    ['with threads', 100, 1000, 3],
  ])(
    'counts ended processes %s as the kernel reports them to their parent',
    async (_, count, microseconds, threads) => {
      const command = `gt-cpu-${microseconds}`;
      const measured = await measure('--comm', command, 'jobs', count, microseconds, threads);
      const told = measured.fact('cpu_nanoseconds') / 1e9;
      // The parent, which has the same name, forks: this takes up to 1 ms per child here.
      const least = told - 1e-6 * count;
      expect(measured.growth(metric, { command })).toBeGreaterThanOrEqual(least);
      expect(measured.growth(metric, { command })).toBeLessThanOrEqual(told * 1.01 + 1e-3 * count);
    },
  );

  test.each([
    ['renamed', 'rename', 0],
    ['with threads, renamed', 'rename', 5],
    ['that executes another program', 'exec', 0],
    ['with threads that executes another program', 'exec', 5],
    ['one of whose threads executes another program', 'thread-exec', 3],
  ])('books the time of a process %s under the old and the new name', async (name, way, threads) => {
    // A name of its own for each try.
    const suffix = `${way[0]}${threads}-${Date.now() % 100_000}`;
    const [before, after] = [`gt-old-${suffix}`, `gt-new-${suffix}`];
    const next = way === 'rename' ? after : truth.workload.named(after);
    const measured = await measure('--comm', before, 'change', 60, way, next, threads);
    const old = measured.growth(metric, { command: before });
    const fresh = measured.growth(metric, { command: after });
    const [first, second] = [measured.fact('first_nanoseconds') / 1e9, measured.fact('second_nanoseconds') / 1e9];
    expect(first, name).toBeGreaterThanOrEqual(0.06 * (threads + 1));
    expect(old + fresh).toBeCloseTo(first + second, 3);
    expect(Math.abs(old - first)).toBeLessThan(TICK);
    expect(Math.abs(fresh - second)).toBeLessThan(TICK);
    expect(measured.growths(metric, { command: 'cpu-thread' })).toEqual({});
  });

  test('neither loses nor repeats time of a process that is renamed during scrapes', async () => {
    const before = await truth.scrape();
    let done = false;
    const work = truth.workload
      .perform('--comm', 'gt-rename-a', 'renames', 500_000, 'gt-rename-b')
      .finally(() => (done = true));
    while (!done) await truth.scrape();
    await sleep(FREED_MS);
    const measured = new Measurement([await work], before, await truth.scrape());
    const told = measured.fact('cpu_nanoseconds') / 1e9;
    const [a, b] = ['gt-rename-a', 'gt-rename-b'].map((command) => measured.growth(metric, { command }));
    expect(Math.abs(a! + b! - told)).toBeLessThan(TICK);
  });

  test('counts all CPU time of the host once: the growths add up to the time of its cgroups', async (context) => {
    if (hostSeconds() === undefined) context.skip('needs the CPU time of the root cgroup');
    const least = hostSeconds()!;
    const before = await truth.scrape();
    const start = hostSeconds()!;
    await truth.workload.perform('--comm', 'gt-sum', 'jobs', 200, 5000, 2);
    await truth.workload.perform('--comm', 'gt-sum', 'execs', 200);
    await sleep(FREED_MS);
    const end = hostSeconds()!;
    const measured = new Measurement([], before, await truth.scrape());
    const most = hostSeconds()! - least;
    // Each CPU's current task may be one tick behind. Tasks that are dead but not freed are noise of the same size at both scrapes.
    const late = TICK * availableParallelism() + 0.02;
    expect(measured.growth(metric)).toBeGreaterThan(end - start - late);
    expect(measured.growth(metric)).toBeLessThan(most + late);
    expect(most).toBeGreaterThan(3);
  });

  test('no series falls or disappears while processes come and go, and the CPUs are counted', async () => {
    truth.workload.makeNoise('--comm', 'gt-churn', 'jobs', 10 ** 9, 50, 2);
    truth.workload.makeNoise('--comm', 'gt-churn', 'execs', 10 ** 9);
    let before = (await truth.scrape()).values(metric);
    const start = before;
    for (let scrape = 0; scrape < 50; scrape++) {
      const samples = await truth.scrape();
      const now = samples.values(metric);
      for (const [series, seconds] of before) expect(now.get(series), series).toBeGreaterThanOrEqual(seconds);
      expect([...samples.values('cpus_online')]).toEqual([['', availableParallelism()]]);
      before = now;
    }
    expect(before.get('command="gt-churn"')).toBeGreaterThan(start.get('command="gt-churn"') ?? 0);
  });

  test('follows a CPU that goes offline and comes back', async (context) => {
    const file = `/sys/devices/system/cpu/cpu${availableParallelism() - 1}/online`;
    if (!existsSync(file)) context.skip('needs a CPU that can be taken offline');
    const cpus = async () => (await truth.scrape()).values('cpus_online').get('');
    const all = await cpus();
    writeFileSync(file, '0');
    try {
      expect(await cpus()).toBe(all! - 1);
    } finally {
      writeFileSync(file, '1');
    }
    expect(await cpus()).toBe(all);
  });

  test('names kernel threads without what follows the slash, and no idle task', async () => {
    const names = [...(await truth.scrape()).values(metric).keys()];
    expect(names).toContain('command="kworker"');
    expect(names.filter((name) => /="(kworker|ksoftirqd|swapper)\//.test(name))).toEqual([]);
  });
});

describe('cpu_seconds with full maps', needs({ root: true, bpf: true }), () => {
  const configWith = (maps: string) =>
    `probes: [{ probe: cpu_seconds, maps: ${maps} }]\nprobe_path: ["${shippedProbePath}"]\n`;

  test.each([
    ['accounts', '{ accounts: { max_entries: 1 } }', 'gt-full'],
    ['commands', '{ cpu_time: { max_entries: 1 } }', 'other'],
  ])('still counts ended processes when the map of %s is full', async (_, maps, command) => {
    const truth = await GroundTruth.start({ config: configWith(maps) });
    try {
      const before = await truth.scrape();
      const facts = await truth.workload.perform('--comm', 'gt-full', 'jobs', 100, 3000, 2);
      await sleep(FREED_MS);
      const after = await truth.scrape();
      const told = Number(facts.cpu_nanoseconds) / 1e9;
      expect(new Measurement([], before, after).growth(metric, { command })).toBeGreaterThan(told * 0.99);
      expect(after.values('lost_updates_total', { map: 'cpu_time' }).get('probe="cpu_seconds"')).toBeGreaterThan(0);
    } finally {
      await truth.stop();
    }
  });
});
