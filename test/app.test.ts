import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Application } from '../src/app.js';
import type { Configuration } from '../src/config/configuration.js';
import { keptLog } from './harness/kept_log.js';
import { eventually, gate } from './harness/waiting.js';
import { ProbeFolder } from './probes/probe_folder.js';

let folder: ProbeFolder;
beforeEach(() => {
  folder = new ProbeFolder();
  for (const name of ['a', 'b']) folder.write(name);
});
afterEach(() => folder.remove());

function application(
  reloaded: readonly string[] = ['a'],
  load?: (signal: AbortSignal) => Promise<Configuration>,
  now = () => performance.now(),
  addon = folder.fake.addon,
) {
  const { logger, lines } = keptLog();
  const exporter = new Application({
    addon,
    host: folder.host,
    roots: folder.decode.roots,
    btfFile: undefined,
    logger,
    version: { version: '0.1.0', libbpf: '1.1', node: '20.17.0', kernel: '6.1.0' },
    now,
    loadConfiguration: load ?? (async () => folder.configuration(reloaded)),
  });
  return { exporter, lines };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function page(exporter: Application, probes?: ReadonlySet<string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of (await exporter.scrape(probes)).render('text')) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('is ready once every probe was tried', async () => {
  const { exporter } = application();
  const start = exporter.start(folder.configuration(['a']));
  expect(exporter.ready()).toBe(false);
  await start;
  expect(exporter.ready()).toBe(true);
  await exporter.close();
});

test('a scrape has the metrics of the probes and the own metrics', async () => {
  const { exporter } = application();
  await exporter.start(folder.configuration(['a']));
  const text = await page(exporter);
  expect(text).toContain('santabpf_a_total{key="1"} 5\n');
  expect(text).toContain('santabpf_probe_state{probe="a",state="up"} 1\n');
  expect(text).toMatch(/^process_cpu_seconds_total /m);
  await exporter.close();
});

test('the cost of hooks is measured after the first scrape, unless no program runs', async () => {
  let measurements = 0;
  const addon = { ...folder.fake.addon, hookCost: async () => ++measurements };
  for (const isBroken of [true, false]) {
    if (isBroken) folder.removeObject('b');
    const { exporter } = application(undefined, undefined, undefined, addon);
    await exporter.start(folder.configuration([isBroken ? 'b' : 'a']));
    expect(measurements).toBe(0);
    await page(exporter);
    await page(exporter);
    await exporter.close();
    expect(measurements).toBe(isBroken ? 0 : 1);
  }
});

test('a scrape of some probes has their own metrics and those of the process', async () => {
  const { exporter } = application();
  await exporter.start(folder.configuration(['a', 'b']));
  const text = await page(exporter, new Set(['b']));
  expect(text).toContain('santabpf_b_total{key="1"} 5\n');
  expect(text).toContain('santabpf_probe_state{probe="b",state="up"} 1\n');
  expect(text).toContain('santabpf_build_info{');
  expect(text).toMatch(/^process_cpu_seconds_total /m);
  expect(text).not.toMatch(/a_total|probe="a"/);
  expect(await page(exporter)).toMatch(/a_total\{/);
  await exporter.close();
});

describe('a probe that misses its deadline', () => {
  let end: () => void;
  beforeEach(() => {
    const { promise, open } = gate();
    end = open;
    folder.fake.programs.set('b', [{ name: 'walk', section: 'iter/task' }]);
    folder.fake.held.set('walk', promise);
  });
  afterEach(() => vi.useRealTimers());

  /** A page whose deadline passes once probe `a` has been read. */
  async function latePage(exporter: Application): Promise<string> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const events = folder.fake.events.get('a')!;
    const before = events.reads;
    const text = page(exporter);
    while (events.reads === before) await turn();
    for (let turns = 0; turns < 5; turns++) await turn();
    vi.advanceTimersByTime(1000);
    vi.useRealTimers();
    return await text;
  }

  test('is left out of the page, with a metric and one line in the log', async () => {
    const { exporter, lines } = application();
    await exporter.start(folder.configuration(['a', 'b']));
    for (let scrape = 0; scrape < 2; scrape++) {
      const text = await latePage(exporter);
      expect(text).toContain('santabpf_a_total{key="1"} 5\n');
      expect(text).not.toContain('santabpf_b_total{');
      expect(text).toContain('santabpf_scrape_success{probe="a"} 1\n');
      expect(text).toContain('santabpf_scrape_success{probe="b"} 0\n');
    }
    expect(lines).toMatchObject([{ level: 40, probe: 'b', err: { code: 'PROBE_LATE' } }]);
    end();
    await exporter.close();
  });

  test('delays neither a reload nor the end', async () => {
    const { exporter } = application(['a']);
    await exporter.start(folder.configuration(['a', 'b']));
    await latePage(exporter);
    await exporter.reload();
    expect(folder.fake.calls.at(-1)).toBe('close b');
    await exporter.close();
  });

  test('is not waited for at the end, however long the deadline is', async () => {
    const { exporter } = application();
    await exporter.start(folder.configuration(['b'], 'probe_deadline: 1m\n'));
    const scrape = exporter.scrape();
    await eventually(() => folder.fake.callsOf('run').length > 0);
    await exporter.close();
    await scrape;
    expect(folder.fake.calls.at(-1)).toBe('close b');
  });

  test('has half of the scrape timeout of a client in a hurry, but never next to nothing', async () => {
    const { exporter } = application();
    await exporter.start(folder.configuration(['a'], 'probe_deadline: 2s\n'));
    const timeouts = [undefined, 10_000, 3000, 2999, 1];
    expect(timeouts.map((timeout) => exporter.probeDeadline(timeout))).toEqual([2000, 2000, 1500, 1400, 100]);
    await exporter.close();
  });
});

describe('a reload', () => {
  test('changes to the configuration of the moment', async () => {
    const { exporter } = application(['b']);
    await exporter.start(folder.configuration(['a']));
    await exporter.reload();
    expect(exporter.probes().map(({ name }) => name)).toEqual(['b']);
    expect(await page(exporter)).toContain('santabpf_config_last_reload_successful 1\n');
    await exporter.close();
  });

  test('that fails changes nothing, and is a metric', async () => {
    const { exporter } = application(['a', 'b']);
    await exporter.start(folder.configuration(['a']));
    folder.removeObject('b');
    await expect(exporter.reload()).rejects.toMatchObject({
      faults: [expect.objectContaining({ code: 'OBJECT_NOT_FOUND' })],
    });
    expect(exporter.probes().map(({ name }) => name)).toEqual(['a']);
    expect(await page(exporter)).toContain('santabpf_config_last_reload_successful 0\n');
    await exporter.close();
  });
});

describe('while a reload reads the configuration', () => {
  test('the former probes are scraped', async () => {
    const { promise, open } = gate();
    const { exporter } = application([], () => promise.then(() => folder.configuration(['b'])));
    await exporter.start(folder.configuration(['a']));
    const reload = exporter.reload();
    expect(await page(exporter)).toMatch(/a_total\{/);
    open();
    await reload;
    expect(await page(exporter)).toMatch(/b_total\{/);
    await exporter.close();
  });

  test('further reloads share one more, which reads what was written meanwhile', async () => {
    const { promise, open } = gate();
    let probes = ['b'];
    let reads = 0;
    const { exporter, lines } = application([], async () => {
      const read = folder.configuration(probes);
      reads++;
      await promise;
      return read;
    });
    await exporter.start(folder.configuration(['a']));
    const first = exporter.reload();
    probes = ['a', 'b'];
    const others = Array.from({ length: 200 }, () => exporter.reload());
    open();
    await first;
    expect(exporter.probes().map(({ name }) => name)).toEqual(['b']);
    await Promise.all(others);
    expect(exporter.probes().map(({ name }) => name)).toEqual(['a', 'b']);
    expect([reads, lines.length]).toEqual([2, 2]);
    await exporter.close();
  });

  test('the end does not wait', async () => {
    const { exporter, lines } = application(
      [],
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    await exporter.start(folder.configuration(['a']));
    const reloads = [exporter.reload(), exporter.reload()];
    const outcomes = Promise.allSettled(reloads);
    await exporter.close();
    expect((await outcomes).map((outcome) => (outcome as PromiseRejectedResult).reason.code)).toEqual([
      'RELOAD_ABANDONED',
      'RELOAD_ABANDONED',
    ]);
    expect(lines).toEqual([]);
  });

  test('a failure is logged once, whoever asked for it', async () => {
    const { exporter, lines } = application(['a', 'b']);
    await exporter.start(folder.configuration(['a']));
    folder.removeObject('b');
    const outcomes = await Promise.allSettled([exporter.reload(), exporter.reload(), exporter.reload()]);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(lines.map(({ code }) => code)).toEqual(['OBJECT_NOT_FOUND', 'OBJECT_NOT_FOUND']);
    await exporter.close();
  });
});

test('calls take their turn: a close waits for the start', async () => {
  const { exporter } = application();
  void exporter.start(folder.configuration(['a']));
  await exporter.close();
  expect(folder.fake.calls.at(-1)).toBe('close a');
  expect(exporter.probes()).toEqual([]);
});

test('a probe that is down is logged with its reason', async () => {
  folder.removeObject('b');
  const { exporter, lines } = application();
  await exporter.start(folder.configuration(['a', 'b']));
  expect(lines).toMatchObject([{ level: 50, probe: 'b', code: 'OBJECT_NOT_FOUND' }]);
  expect(exporter.probes().map(({ state }) => state)).toEqual(['up', 'down']);
  await exporter.close();
});

describe('a budget with action suspend', () => {
  const settings = 'budget: { percent_of_one_cpu: 3, action: suspend }\n';
  let milliseconds = 0;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    milliseconds = 0;
    folder.write('tasks');
    folder.fake.programs.set('tasks', [{ name: 'list', section: 'iter/task' }]);
    // A tenth of the time between two looks.
    folder.fake.iterationNanoseconds = 1.5e9;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Lets so many times 15 s pass, with a scrape each. */
  async function look(exporter: Application, times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      milliseconds += 15_000;
      await page(exporter);
      vi.advanceTimersByTime(15_000);
    }
    await page(exporter);
  }

  const start = async (load?: () => Promise<Configuration>) => {
    const made = application([], load, () => milliseconds);
    await made.exporter.start(folder.configuration(['a', 'tasks'], settings));
    return made;
  };
  const states = (exporter: Application) => exporter.probes().map(({ name, state }) => `${name} ${state}`);

  test('suspends the costliest probe, and says so in the log, in the state and on the page', async () => {
    const { exporter, lines } = await start();
    await look(exporter, 6);
    expect(states(exporter)).toEqual(['a up', 'tasks suspended']);
    expect(lines.map(({ level, code, probe }) => ({ level, code, probe }))).toEqual([
      { level: 40, code: 'PROBE_SUSPENDED', probe: 'tasks' },
    ]);
    const text = await page(exporter);
    expect(text).toContain('santabpf_probe_state{probe="tasks",state="suspended"} 1\n');
    expect(text).toContain('santabpf_budget_ratio 0.03\n');
    expect(text).not.toContain('santabpf_tasks_total');
    await look(exporter, 40);
    expect(lines.map(({ msg }) => msg)).toContain('Probe "tasks" runs again');
    await exporter.close();
  });

  test('waits while a reload brings up probes', async () => {
    const { promise, open } = gate();
    const { exporter } = await start(() => promise.then(() => folder.configuration(['a', 'b', 'tasks'], settings)));
    await look(exporter, 4);
    const reload = exporter.reload();
    open();
    vi.advanceTimersByTime(15_000);
    await reload;
    expect(states(exporter)).toEqual(['a up', 'b up', 'tasks up']);
    await look(exporter, 6);
    expect(states(exporter)).toEqual(['a up', 'b up', 'tasks suspended']);
    await exporter.close();
  });

  test('ends with the exporter', async () => {
    const { exporter } = await start();
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(15_000);
    await exporter.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(folder.fake.callsOf('close').sort()).toEqual(folder.fake.callsOf('open').sort());
  });
});
