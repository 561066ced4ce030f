import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FlightRecorder } from '../../src/recorder/flight_recorder.js';
import type { Profile, ProfileKind, StackSample } from '../../src/stacks/profile.js';
import { StackCollector } from '../../src/stacks/stack_collector.js';
import { rawStack } from '../stacks/raw_stacks.js';
import { named } from './profiles.js';

let path: string;
let now: number;
/** How far the clock was set. */
let setBy: number;
let failures: string[];
let loaded: string[];
let collected: ReturnType<typeof rawStack>[];
let lost: number;
let symbols: (samples: readonly StackSample[]) => Promise<unknown>;
let recorder: FlightRecorder;
let timers: (() => void)[];

beforeEach(async () => {
  path = mkdtempSync(join(tmpdir(), 'santabpf-recorder-'));
  now = 1_800_000 * 1_000_000;
  setBy = 0;
  failures = [];
  loaded = [];
  collected = [rawStack('app', 1)];
  lost = 0;
  symbols = async () => {};
  timers = [];
  vi.spyOn(globalThis, 'setInterval').mockImplementation(((callback: () => void) => {
    timers.push(callback);
    return { unref: () => ({}) };
  }) as never);
  recorder = makeRecorder();
  await recorder.change({ path, size: 64e6 }, new Set<ProfileKind>(['cpu']));
});
afterEach(async () => {
  await recorder.close();
  vi.restoreAllMocks();
  rmSync(path, { recursive: true, force: true });
});

function makeRecorder(): FlightRecorder {
  const symbolizer = {
    observe: async () => {},
    observePython: async () => [],
    symbolize: async (samples: readonly StackSample[]) => {
      await symbols(samples);
      return samples.map(({ labels, user, value }) => ({ labels, value, frames: user.map((one) => named(`f${one}`)) }));
    },
    close: () => {},
  };
  const collector = new StackCollector({
    load: async (kind) => {
      if (kind === 'offcpu') throw new Error('no such hook');
      loaded.push(kind);
      return {
        collect: async () => ({ stacks: collected, lost, incomplete: 2 }),
        follow: () => {},
        close: () => void loaded.pop(),
      };
    },
    symbolizer,
    now: () => now,
    date: () => now + setBy,
    onFailure: (_, error) => failures.push(String(error)),
  });
  return new FlightRecorder({
    collector,
    symbolizer,
    date: () => now + setBy,
    onFailure: (text, error) => failures.push(`${text}: ${error}`),
  });
}

/** Lets five seconds pass, as often as given, with a collection at the end of each. */
async function pass(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    now += 5000;
    for (const timer of timers) timer();
    for (let turns = 0; turns < 50; turns++) await turn();
  }
}

/** Waits for what goes on beside the collections: files are written by other threads. */
async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !condition(); ) {
    if (performance.now() > end) throw new Error('This did not happen in ten seconds');
    await delay(5);
  }
}

const files = () => readdirSync(join(path, 'windows'));
const total = ({ stacks }: Profile) => stacks.reduce((sum, { value }) => sum + value, 0);
const recorded = (from: number, to = now) => recorder.recorded('cpu', from, to);

test('records windows of 15 s, and has what is in none yet', async () => {
  const start = now;
  await pass(3);
  await until(() => recorder.status()!.windows === 1);
  await pass(2);
  // A request collects once more.
  expect(total(await recorded(start))).toBe(6);
  await pass(1);
  await until(() => recorder.status()!.windows === 2);
  const profile = await recorded(start);
  expect(profile).toMatchObject({ kind: 'cpu', from: start, to: now, periodNs: 1e9 / 49, lost: 0, missingMs: 0 });
  expect(total(profile)).toBe(7);
  expect(total(await recorded(start, start + 15_000))).toBe(3);
  expect(failures).toEqual([]);
});

test('has the windows of before a restart, and knows what is missing', async () => {
  const start = now;
  await pass(4);
  await recorder.close();
  expect(loaded).toEqual([]);
  expect(files()).toHaveLength(2);
  now += 60_000;
  recorder = makeRecorder();
  timers = [];
  await recorder.change({ path, size: 64e6 }, new Set<ProfileKind>(['cpu']));
  await pass(3);
  await until(() => recorder.status()!.windows === 3);
  const profile = await recorded(start);
  expect(profile.missingMs).toBe(60_000);
  // Four collections, one at the end, and three after the restart.
  expect(total(profile)).toBe(8);
});

test('shows what it records', async () => {
  lost = 3;
  collected = [rawStack('app', 3), rawStack('app', 1, { user: [7n] })];
  await pass(3);
  await until(() => recorder.status()?.windows === 1);
  expect(recorder.status()).toMatchObject({
    windows: 1,
    lost: { cpu: 9 },
    incomplete: 6,
    errors: 0,
    lastWrite: now,
    functions: [
      { command: 'app', function: 'f4096', ratio: 0.75 },
      { command: 'app', function: 'f7', ratio: 0.25 },
    ],
  });
  expect(recorder.status()!.bytes).toBeGreaterThan(0);
});

describe('settings', () => {
  test('off: nothing is loaded, written or shown', async () => {
    await recorder.change(undefined, new Set<ProfileKind>(['cpu']));
    expect(loaded).toEqual([]);
    expect(recorder.status()).toBeUndefined();
    await expect(recorded(0)).rejects.toMatchObject({ code: 'PROFILES_OFF' });
  });

  test('a change of the probes starts and ends the recording', async () => {
    await recorder.change({ path, size: 64e6 }, new Set());
    expect(loaded).toEqual([]);
    await recorder.change({ path, size: 64e6 }, new Set<ProfileKind>(['cpu']));
    expect(loaded).toEqual(['cpu']);
  });

  test('a reload without changes keeps the recording', async () => {
    await pass(1);
    await recorder.change({ path, size: 64e6 }, new Set<ProfileKind>(['cpu']));
    await pass(2);
    await until(() => recorder.status()!.windows === 1);
    expect(total(await recorded(now - 15_000))).toBe(3);
  });

  test('another folder has the windows from then on', async () => {
    await pass(1);
    const other = join(path, 'other');
    await recorder.change({ path: other, size: 64e6 }, new Set<ProfileKind>(['cpu']));
    expect(files()).toHaveLength(1);
    expect(recorder.status()?.windows).toBe(0);
  });

  test('a kind that cannot be loaded is reported, the others are recorded', async () => {
    await recorder.change({ path, size: 64e6 }, new Set<ProfileKind>(['cpu', 'offcpu']));
    expect(failures).toEqual([expect.stringContaining('stacks of kind offcpu: Error: no such hook')]);
    expect(loaded).toEqual(['cpu']);
  });

  test('a folder that cannot be used is reported', async () => {
    await recorder.change({ path: '/proc/self/none', size: 64e6 }, new Set<ProfileKind>(['cpu']));
    expect(failures).toEqual([expect.stringContaining('The flight recorder does not record: SantaError')]);
    expect(loaded).toEqual([]);
    expect(recorder.status()).toMatchObject({ windows: 0, errors: 1 });
  });
});

describe('trouble', () => {
  test('a window that cannot be written is counted, and the next one is written', async () => {
    rmSync(join(path, 'windows'), { recursive: true });
    await pass(3);
    await until(() => recorder.status()!.errors === 1);
    expect(recorder.status()).toMatchObject({ windows: 0, lost: { cpu: 3 }, lastWrite: undefined });
    expect(failures).toEqual([expect.stringContaining('could not be written: Error: ENOENT')]);
    await recorder.change(undefined, new Set());
    await recorder.change({ path, size: 64e6 }, new Set<ProfileKind>(['cpu']));
    await pass(3);
    await until(() => recorder.status()!.windows === 1);
  });

  test('while symbols are slow a window grows, and nothing is lost', async () => {
    const start = now;
    let open = () => {};
    symbols = () => new Promise<void>((resolve) => (open = resolve));
    await pass(12);
    symbols = async () => {};
    open();
    await until(() => recorder.status()!.windows === 1);
    await pass(1);
    await until(() => recorder.status()!.windows === 2);
    expect(total(await recorded(start))).toBe(13);
  });

  test.each([-600_000, 600_000])('the clock is set by %i ms: windows do not bridge that', async (jump) => {
    await pass(2);
    setBy += jump;
    await pass(1);
    await until(() => recorder.status()!.windows === 1);
    await pass(2);
    await until(() => recorder.status()!.windows === 2);
    const spans = files().map((name) => name.split(/[-.]/).slice(1, 3).map(Number));
    expect(spans.map(([from = 0, to = 0]) => to - from).sort()).toEqual([10_000, 15_000]);
  });
});

describe('a profile of the moment', () => {
  test('has what is collected from then on, also while nothing is recorded', async () => {
    await recorder.change(undefined, new Set<ProfileKind>(['cpu']));
    lost = 2;
    const profile = await recorder.collect('cpu', 0.05, new AbortController().signal);
    expect(profile).toMatchObject({ kind: 'cpu', lost: 2, missingMs: 0 });
    expect(profile.to - profile.from).toBe(50);
    expect(total(profile)).toBe(1);
    expect(loaded).toEqual([]);
  });

  test('ends with its request', async () => {
    const abort = new AbortController();
    const profile = recorder.collect('cpu', 60, abort.signal);
    abort.abort();
    await expect(profile).rejects.toMatchObject({ name: 'AbortError' });
    expect(loaded).toEqual(['cpu']);
  });

  test('needs the probe', async () => {
    await recorder.change(undefined, new Set());
    const { signal } = new AbortController();
    await expect(recorder.collect('cpu', 1, signal)).rejects.toMatchObject({
      code: 'PROFILE_PROBE_OFF',
      message: expect.stringContaining('probe "profile" is off'),
    });
    await expect(recorder.collect('offcpu', 1, signal)).rejects.toMatchObject({
      message: 'No stacks of kind "offcpu" are collected: probe "off_cpu" is off',
    });
  });
});
