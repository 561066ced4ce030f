import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { application, page } from './harness/application.js';
import { gate } from './harness/waiting.js';
import { ProbeFolder } from './probes/probe_folder.js';

let folder: ProbeFolder;
beforeEach(() => {
  folder = new ProbeFolder();
  for (const name of ['a', 'b']) folder.write(name);
});
afterEach(() => folder.remove());

test('is ready once every probe was tried', async () => {
  const { exporter } = application(folder);
  const start = exporter.start(folder.configuration(['a']));
  expect(exporter.ready()).toBe(false);
  await start;
  expect(exporter.ready()).toBe(true);
  await exporter.close();
});

test('a scrape has the metrics of the probes and the own metrics', async () => {
  const { exporter } = application(folder);
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
    const { exporter } = application(folder, undefined, undefined, undefined, addon);
    await exporter.start(folder.configuration([isBroken ? 'b' : 'a']));
    expect(measurements).toBe(0);
    await page(exporter);
    await page(exporter);
    await exporter.close();
    expect(measurements).toBe(isBroken ? 0 : 1);
  }
});

test('scrapes return the memory that they have freed, together and not at once', async () => {
  const { exporter } = application(folder);
  await exporter.start(folder.configuration(['a']));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const returns = () => folder.fake.callsOf('return').length;
    for (const expected of [1, 2]) {
      for (let i = 0; i < 3; i++) await page(exporter);
      vi.advanceTimersByTime(99);
      expect(returns()).toBe(expected - 1);
      vi.advanceTimersByTime(1);
      expect(returns()).toBe(expected);
    }
    await page(exporter);
    await exporter.close();
    vi.advanceTimersByTime(1000);
    expect(returns()).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

test('a scrape of some probes has their own metrics and those of the process', async () => {
  const { exporter } = application(folder);
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

describe('a reload', () => {
  test('changes to the configuration of the moment', async () => {
    const { exporter } = application(folder, ['b']);
    await exporter.start(folder.configuration(['a']));
    await exporter.reload();
    expect(exporter.probes().map(({ name }) => name)).toEqual(['b']);
    expect(await page(exporter)).toContain('santabpf_config_last_reload_successful 1\n');
    await exporter.close();
  });

  test('that fails changes nothing, and is a metric', async () => {
    const { exporter } = application(folder, ['a', 'b']);
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
    const { exporter } = application(folder, [], () => promise.then(() => folder.configuration(['b'])));
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
    const { exporter, lines } = application(folder, [], async () => {
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
      folder,
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
    const { exporter, lines } = application(folder, ['a', 'b']);
    await exporter.start(folder.configuration(['a']));
    folder.removeObject('b');
    const outcomes = await Promise.allSettled([exporter.reload(), exporter.reload(), exporter.reload()]);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(lines.map(({ code }) => code)).toEqual(['OBJECT_NOT_FOUND', 'OBJECT_NOT_FOUND']);
    await exporter.close();
  });
});

test('calls take their turn: a close waits for the start', async () => {
  const { exporter } = application(folder);
  void exporter.start(folder.configuration(['a']));
  await exporter.close();
  expect(folder.fake.calls.at(-1)).toBe('close a');
  expect(exporter.probes()).toEqual([]);
});

test('a probe that is down is logged with its reason', async () => {
  folder.removeObject('b');
  const { exporter, lines } = application(folder);
  await exporter.start(folder.configuration(['a', 'b']));
  expect(lines).toMatchObject([{ level: 50, probe: 'b', code: 'OBJECT_NOT_FOUND' }]);
  expect(exporter.probes().map(({ state }) => state)).toEqual(['up', 'down']);
  await exporter.close();
});
