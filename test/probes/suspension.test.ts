import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ProbeChange, ProbeSet } from '../../src/probes/probe_set.js';
import { nativeError } from '../harness/fake_addon.js';
import { ProbeFolder } from './probe_folder.js';

let folder: ProbeFolder;
beforeEach(() => {
  folder = new ProbeFolder();
  for (const name of ['a', 'b', 'tasks']) folder.write(name);
  folder.fake.programs.set('tasks', [{ name: 'list', section: 'iter/task' }]);
  // A tenth of the time between two looks.
  folder.fake.iterationNanoseconds = 1.5e9;
});
afterEach(() => folder.remove());

const suspending = 'budget: { percent_of_one_cpu: 3, action: suspend }\n';
const date = Date.parse('2026-11-26T12:00:00Z');

async function started(settings = suspending, probes = ['a', 'tasks']): Promise<ProbeSet> {
  const set = new ProbeSet(folder.context());
  await set.start(folder.configuration(probes, settings));
  return set;
}

/** Programs of no probe, which have cost so many CPU seconds. */
const shared = (runSeconds: number) => ({
  name: 'system calls',
  programs: [
    {
      name: 'dispatch',
      section: 'tp_btf/sys_exit',
      runs: 0,
      runSeconds,
      entrySeconds: 0,
      missedRuns: 0,
      nanosecondsPerRun: 0,
      cpuShare: 0,
    },
  ],
});

/**
 * Lets so many seconds pass, with a scrape and a look at the budget every 15 s.
 * @param sharedCost CPU seconds per second of programs of no probe
 * @returns what changed
 */
async function pass(set: ProbeSet, seconds: number, sharedCost = 0): Promise<string[]> {
  const changes: ProbeChange[] = [];
  for (const end = folder.seconds + seconds; folder.seconds < end; ) {
    folder.seconds += 15;
    await set.collect();
    changes.push(...(await set.keepBudget(date, [shared(folder.seconds * sharedCost)])));
  }
  return changes.map(({ probe, state }) => `${probe} ${state}`);
}

const states = (set: ProbeSet) => set.statuses().map(({ name, state }) => `${name} ${state}`);
const families = (set: ProbeSet) => set.families().map(({ name }) => name);

describe('a probe over the budget', () => {
  test('together with the programs that all probes share, which are never suspended', async () => {
    folder.fake.iterationNanoseconds = 0.15e9;
    const set = await started();
    expect(await pass(set, 300, 0.01)).toEqual([]);
    expect(await pass(set, 75, 0.5)).toEqual(['tasks suspended']);
    const { message } = set.statuses()[1]!.reason!;
    expect(message).toMatch(/all BPF programs cost \d+(\.\d)? % .* This probe cost most: 1 %$/);
    expect(await pass(set, 300, 0.5)).toEqual([]);
    expect(states(set)).toEqual(['a up', 'tasks suspended']);
  });

  test('is detached after a minute, without series, with a reason, and the others go on', async () => {
    const set = await started();
    expect(await pass(set, 60)).toEqual([]);
    expect(await pass(set, 15)).toEqual(['tasks suspended']);
    expect(states(set)).toEqual(['a up', 'tasks suspended']);
    expect(families(set)).toEqual(['santabpf_a_total']);
    expect(folder.fake.calls.at(-1)).toBe('close tasks');
    expect(set.failures()).toEqual([]);
    const { reason, programs, lastScrape } = set.statuses()[1]!;
    expect({ reason, programs, lastScrape }).toEqual({
      reason: {
        code: 'PROBE_SUSPENDED',
        message:
          'Probe "tasks" is suspended: all BPF programs cost 10 % of one CPU in the last minute, and the budget is 3 %. This probe cost most: 10 %',
        remedy:
          'It is tried again at 2026-11-26T12:10:00Z. To keep it, raise `percent_of_one_cpu` of the budget, or set `budget: none` for the probe.',
      },
      programs: [],
      lastScrape: undefined,
    });
  });

  test('is tried again after ten minutes, and suspended again if it costs as much', async () => {
    const set = await started();
    await pass(set, 75);
    expect(await pass(set, 585)).toEqual([]);
    expect(await pass(set, 15)).toEqual(['tasks up']);
    await set.collect();
    expect(families(set)).toEqual(['santabpf_a_total', 'santabpf_tasks_total']);
    expect(await pass(set, 90)).toEqual(['tasks suspended']);
  });

  test('stays up when it costs less', async () => {
    const set = await started();
    await pass(set, 75);
    folder.fake.iterationNanoseconds = 1000;
    expect(await pass(set, 1200)).toEqual(['tasks up']);
  });

  test('is down if it cannot be tried again', async () => {
    const set = await started();
    await pass(set, 75);
    const attachFailure = nativeError('EINVAL', 'attach program');
    folder.fake.programs.set('tasks', [{ name: 'list', section: 'iter/task', attachFailure }]);
    expect(await pass(set, 600)).toEqual(['tasks down']);
    expect(set.failures().map(({ probe, state }) => `${probe} ${state}`)).toEqual(['tasks down']);
    expect(await pass(set, 900)).toEqual([]);
  });

  test('of its own names that budget', async () => {
    const set = await started('budget: none\n', [
      'a',
      '{ probe: tasks, budget: { percent_of_one_cpu: 5, action: suspend } }',
    ]);
    expect(set.statuses().map(({ budget }) => budget)).toEqual([undefined, 0.05]);
    expect(await pass(set, 75)).toEqual(['tasks suspended']);
    expect(set.statuses()[1]!.reason!.message).toBe(
      'Probe "tasks" is suspended: it cost 10 % of one CPU in the last minute, and its budget is 5 %',
    );
  });

  test.each([
    ['a warning', 'budget: { percent_of_one_cpu: 3 }\n', 'tasks'],
    ['no budget', 'budget: none\n', 'tasks'],
    ['a probe that is never suspended', suspending, '{ probe: tasks, budget: none }'],
  ])('runs on with %s', async (_, settings, probe) => {
    expect(await pass(await started(settings, [probe, 'a']), 300)).toEqual([]);
  });
});

describe('a reload while a probe is suspended', () => {
  async function reloaded(set: ProbeSet, settings = suspending, probes = ['a', 'tasks']): Promise<string[]> {
    folder.fake.calls.length = 0;
    (await set.prepare(folder.configuration(probes, settings)))();
    return states(set);
  }

  test('leaves it suspended, and the time of the next try', async () => {
    const set = await started();
    await pass(set, 75);
    expect(await reloaded(set, `${suspending}series_limit: 5\n`)).toEqual(['a up', 'tasks suspended']);
    expect(folder.fake.calls).toEqual([]);
    expect(await pass(set, 600)).toEqual(['tasks up']);
  });

  test.each([
    ['another budget', suspending.replace('3', '20'), ['a', 'tasks']],
    ['no budget', 'budget: none\n', ['a', 'tasks']],
    ['a budget of its own', suspending, ['a', '{ probe: tasks, budget: none }']],
  ])('with %s tries it at once', async (_, settings, probes) => {
    const set = await started();
    await pass(set, 75);
    expect(await reloaded(set, settings, probes)).toEqual(['a up', 'tasks up']);
    expect(await pass(set, 300)).toEqual([]);
  });

  test('that changes the probe brings it up anew', async () => {
    const set = await started();
    await pass(set, 75);
    folder.writeObject('tasks', 'another object');
    expect(await reloaded(set)).toEqual(['a up', 'tasks up']);
    expect(await pass(set, 75)).toEqual(['tasks suspended']);
  });

  test('that removes the probe ends it', async () => {
    const set = await started();
    await pass(set, 75);
    expect(await reloaded(set, suspending, ['a', 'b'])).toEqual(['a up', 'b up']);
    expect(await pass(set, 900)).toEqual([]);
  });

  test('to a configuration with a broken probe changes nothing', async () => {
    const set = await started();
    await pass(set, 75);
    folder.removeObject('b');
    await expect(set.prepare(folder.configuration(['a', 'b', 'tasks'], suspending))).rejects.toThrow();
    expect(states(set)).toEqual(['a up', 'tasks suspended']);
  });
});

test('the cost of all programs never goes down', async () => {
  folder.fake.programs.set('a', [{ name: 'count', section: 'tp_btf/sys_exit' }]);
  const set = await started();
  await pass(set, 75);
  const before = set.costInEvents;
  await pass(set, 700);
  expect(set.costInEvents).toBeGreaterThanOrEqual(before);
  set.close();
  expect(await set.keepBudget(date, [])).toEqual([]);
});
