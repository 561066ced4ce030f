import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Deadline } from '../../src/probes/deadline.js';
import { ProbeSet } from '../../src/probes/probe_set.js';
import { u32, u64 } from '../harness/fake_map.js';
import { eventually, gate } from '../harness/waiting.js';
import { ProbeFolder } from './probe_folder.js';

const probes = ['quick', 'slow'];
let folder: ProbeFolder;
let set: ProbeSet;
/** Holds the iterator of probe `slow`. */
let iterator: ReturnType<typeof gate>;
beforeEach(async () => {
  folder = new ProbeFolder();
  folder.write('quick');
  folder.write('slow');
  folder.fake.programs.set('slow', [
    { name: 'count', section: 'tp_btf/sys_enter' },
    { name: 'walk', section: 'iter/task' },
  ]);
  set = new ProbeSet(folder.context());
  await set.start(folder.configuration(probes));
  iterator = gate();
  folder.fake.held.set('walk', iterator.promise);
});
afterEach(() => {
  set.close();
  folder.remove();
});

/** A scrape that ends for `slow` as soon as `quick` has been read. */
async function scrapeUntilQuickIsRead(): Promise<void> {
  const deadline = new Deadline(60_000);
  const collected = set.collect(undefined, deadline);
  const before = folder.fake.events.get('quick')!.reads;
  await eventually(() => folder.fake.events.get('quick')!.reads > before);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  deadline.end();
  await collected;
}

const successes = () => set.statuses().map(({ lastScrape }) => lastScrape!.success);
const shown = () => set.families().map(({ name }) => name);
const runs = () => folder.fake.callsOf('run').length;

describe('a probe that misses the deadline', () => {
  test('is left out, and says so; the others are shown', async () => {
    await scrapeUntilQuickIsRead();
    expect(shown()).toEqual(['santabpf_quick_total']);
    expect(successes()).toEqual([true, false]);
    const [, slow] = set.statuses();
    expect(slow).toMatchObject({ state: 'up', series: 0, reason: { code: 'PROBE_LATE' } });
    expect(slow!.metrics.map(({ series }) => series)).toEqual([0]);
  });

  test('does not show what an earlier scrape read', async () => {
    folder.fake.held.clear();
    await set.collect();
    expect(shown()).toEqual(['santabpf_quick_total', 'santabpf_slow_total']);
    folder.fake.held.set('walk', iterator.promise);
    await scrapeUntilQuickIsRead();
    expect(shown()).toEqual(['santabpf_quick_total']);
  });

  test('is logged once until it is in time again', async () => {
    await scrapeUntilQuickIsRead();
    await scrapeUntilQuickIsRead();
    expect(folder.scrapeFailures).toHaveLength(1);
    expect(folder.scrapeFailures[0]).toContain('Probe "slow" is left out of this scrape');
    iterator.open();
    await set.collect();
    expect(successes()).toEqual([true, true]);
    folder.fake.held.set('walk', gate().promise);
    await scrapeUntilQuickIsRead();
    expect(folder.scrapeFailures).toHaveLength(2);
  });

  test('is not read twice at a time, and the scrape during which it ends shows it', async () => {
    await scrapeUntilQuickIsRead();
    const next = set.collect();
    folder.fake.events.get('slow')!.set(u32(1), u64(9));
    iterator.open();
    await next;
    expect(runs()).toBe(1);
    expect(shown()).toEqual(['santabpf_quick_total', 'santabpf_slow_total']);
    expect(set.statuses()[1]!.reason).toBeUndefined();
    await set.collect();
    expect(runs()).toBe(2);
  });

  test('loses no count', async () => {
    const value = () => {
      const { samples } = set.families().find(({ name }) => name === 'santabpf_slow_total')!;
      return Array.from(samples.kind === 'scalar' ? samples.values : []).reduce((sum, one) => sum + one, 0);
    };
    folder.fake.held.clear();
    await set.collect();
    const before = value();
    folder.fake.held.set('walk', iterator.promise);
    folder.fake.events.get('slow')!.set(u32(1), u64(105));
    await scrapeUntilQuickIsRead();
    iterator.open();
    await eventually(() => folder.fake.events.get('slow')!.reads > 1);
    folder.fake.events.get('slow')!.set(u32(1), u64(205));
    await set.collect();
    await set.collect();
    expect(value() - before).toBe(200);
  });

  test('takes over changed settings when its read has ended', async () => {
    await scrapeUntilQuickIsRead();
    (await set.prepare(folder.configuration(probes, 'metric_prefix: x_\n')))();
    iterator.open();
    await set.collect();
    expect(shown()).toEqual(['x_quick_total', 'x_slow_total']);
  });

  test('is closed at once; the end of its read is not logged', async () => {
    await scrapeUntilQuickIsRead();
    set.close();
    expect(folder.fake.calls.at(-1)).toBe('close slow');
    iterator.open();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(folder.scrapeFailures).toHaveLength(1);
  });
});
