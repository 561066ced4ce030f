import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { coarseMs, fineMs, keptMs, WindowStore } from '../../src/recorder/window_store.js';
import type { Profile } from '../../src/stacks/profile.js';
import { named, profile, stack } from './profiles.js';

let path: string;
let now: number;
let failures: string[];
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'santabpf-windows-'));
  now = 1_800_000 * 1_000_000;
  failures = [];
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

const folder = () => join(path, 'windows');
const open = (size = 64e6) =>
  WindowStore.open({
    path,
    size,
    date: () => now,
    onFailure: (text, error) => void failures.push(`${text}: ${(error as Error).message}`),
  });

/** Adds windows of 15 s until `duration` is over. */
async function record(store: WindowStore, duration: number, other: Partial<Profile> = {}): Promise<void> {
  for (const end = now + duration; now < end; ) {
    now += 15_000;
    await store.add(profile(now - 15_000, now, other));
  }
}

async function total(store: WindowStore, from: number, to: number): Promise<number> {
  let sum = 0;
  for (const window of store.within('cpu', from, to)) {
    for (const { value } of (await store.read(window))?.stacks ?? []) sum += value;
  }
  return sum;
}

test('keeps windows for its owner alone, and has them after a restart', async () => {
  await record(await open(), 60_000);
  expect(statSync(folder()).mode & 0o777).toBe(0o700);
  const names = readdirSync(folder());
  expect(names).toHaveLength(4);
  for (const name of names) expect(statSync(join(folder(), name)).mode & 0o777).toBe(0o600);
  const store = await open();
  expect(store.count).toBe(4);
  expect(store.bytes).toBe(names.reduce((sum, name) => sum + statSync(join(folder(), name)).size, 0));
  expect(await total(store, now - 60_000, now)).toBe(40);
  expect(failures).toEqual([]);
});

test('merges what is older than an hour into five minutes, and removes it after a day', async () => {
  const store = await open();
  const start = now;
  await record(store, 90 * 60_000);
  const fine = store.within('cpu', now - fineMs + coarseMs, now);
  expect(fine.every(({ from, to }) => to - from === 15_000)).toBe(true);
  const coarse = store.within('cpu', start, start + 20 * 60_000);
  expect(coarse.map(({ from, to }) => [from - start, to - start])).toEqual(
    [0, 1, 2, 3].map((i) => [i * coarseMs, (i + 1) * coarseMs]),
  );
  expect(await total(store, start, start + 20 * 60_000)).toBe(80 * 10);
  expect(readdirSync(folder())).toHaveLength(store.count);
  now = start + keptMs + 20 * 60_000;
  await store.add(profile(now - 15_000, now));
  expect(Math.min(...store.within('cpu', 0, now).map(({ to }) => now - to))).toBeGreaterThanOrEqual(0);
  expect(store.within('cpu', start, start + 15 * 60_000)).toEqual([]);
});

test('gaps in what was merged are known', async () => {
  const store = await open();
  const start = now;
  await record(store, 30_000, { lost: 1 });
  now += 60_000;
  await record(store, 30_000, { lost: 1, missingMs: 5 });
  now = start + fineMs + coarseMs;
  await store.add(profile(now - 15_000, now));
  const [merged] = store.within('cpu', start, start + 120_000);
  expect(await store.read(merged!)).toMatchObject({ from: start, to: start + 120_000, missingMs: 60_010, lost: 4 });
});

test('kinds are merged apart', async () => {
  const store = await open();
  const start = now;
  await record(store, 60_000);
  now = start;
  await record(store, 60_000, { kind: 'offcpu', periodNs: 1 });
  now = start + fineMs + coarseMs;
  await store.add(profile(now - 15_000, now));
  for (const kind of ['cpu', 'offcpu'] as const) expect(store.within(kind, start, start + 60_000)).toHaveLength(1);
});

test('the oldest windows go first where the size is reached', async () => {
  const many = Array.from({ length: 500 }, (_, i) => stack('app', [named(`f${Math.sin(i)}`)], 1));
  const store = await open(50_000);
  await record(store, 10 * 60_000, { stacks: many });
  const bytes = readdirSync(folder()).reduce((sum, name) => sum + statSync(join(folder(), name)).size, 0);
  expect(bytes).toBeLessThanOrEqual(50_000);
  expect(bytes).toBe(store.bytes);
  expect(store.count).toBeGreaterThan(1);
  const kept = store.within('cpu', 0, now);
  expect(kept.at(-1)!.to).toBe(now);
  expect(kept[0]!.from).toBe(now - 15_000 * store.count);
  // A smaller size applies at the next start.
  expect((await open(20_000)).bytes).toBeLessThanOrEqual(20_000);
});

test('windows count for a span if they overlap half of it, or half of them is in it', async () => {
  const store = await open();
  const start = now;
  await record(store, 60_000);
  const starts = (from: number, to: number) =>
    store.within('cpu', start + from, start + to).map((one) => one.from - start);
  expect(starts(0, 60_000)).toEqual([0, 15_000, 30_000, 45_000]);
  expect(starts(7000, 38_000)).toEqual([0, 15_000, 30_000]);
  expect(starts(8000, 37_000)).toEqual([15_000]);
  expect(starts(16_000, 17_000)).toEqual([15_000]);
  expect(starts(60_000, 70_000)).toEqual([]);
});

describe('damage', () => {
  test.each([
    ['is cut off', (file: string) => truncateSync(file, statSync(file).size / 2)],
    ['is empty', (file: string) => truncateSync(file, 0)],
    ['is something else', (file: string) => writeFileSync(file, 'hello')],
    ['is gone', (file: string) => rmSync(file)],
  ])('a file that %s is left out, with one warning', async (_, damage) => {
    await record(await open(), 45_000);
    damage(join(folder(), readdirSync(folder()).sort()[1]!));
    const store = await open();
    for (let i = 0; i < 2; i++) expect(await total(store, now - 45_000, now)).toBe(20);
    expect(failures).toHaveLength(store.count === 3 ? 1 : 0);
    // It does not keep others from being merged, and its time comes too.
    now += fineMs + coarseMs;
    await store.add(profile(now - 15_000, now));
    now += keptMs + 1;
    await store.add(profile(now - 15_000, now));
    expect(readdirSync(folder())).toHaveLength(1);
  });

  test('what a crash left unfinished is removed; files of others stay', async () => {
    await record(await open(), 15_000);
    writeFileSync(join(folder(), 'cpu-1-2.pb.gz.unfinished'), 'half');
    writeFileSync(join(folder(), 'notes.txt'), 'mine');
    const store = await open();
    expect(store.count).toBe(1);
    expect(readdirSync(folder())).toEqual([expect.stringMatching(/^cpu-/), 'notes.txt']);
    expect(failures).toEqual([
      `The folder of the flight recorder has a file of others: ${join(folder(), 'notes.txt')}`,
    ]);
  });

  test('windows that were merged before a crash are not counted twice', async () => {
    const first = await open();
    const start = now;
    await record(first, 30_000);
    now = start + fineMs + coarseMs;
    const merged = profile(start, start + 30_000, { stacks: [stack('app', [named('work')], 20)] });
    await (await WindowStoreWith(merged)).add(profile(now - 15_000, now));
    expect(await total(await open(), start, start + 30_000)).toBe(20);
  });

  /** As if it had ended right after it wrote a merged window. */
  async function WindowStoreWith(merged: Profile): Promise<WindowStore> {
    const before = now;
    now = merged.to;
    const store = await open();
    await store.add(merged);
    now = before;
    return await open();
  }

  test('windows of a wrong clock are removed', async () => {
    const store = await open();
    const right = now;
    now += 3 * keptMs;
    await store.add(profile(now - 15_000, now));
    now = right + 15_000;
    await store.add(profile(right, now));
    expect(store.count).toBe(1);
    expect(readdirSync(folder())).toHaveLength(1);
  });
});

describe('a folder is refused', () => {
  test('that others can enter', async () => {
    mkdirSync(folder(), { mode: 0o755 });
    await expect(open()).rejects.toMatchObject({ code: 'RECORDER_FOLDER', message: expect.stringContaining('0700') });
    chmodSync(folder(), 0o700);
    await open();
  });

  test('that is a link', async () => {
    symlinkSync(tmpdir(), folder());
    await expect(open()).rejects.toMatchObject({
      code: 'RECORDER_FOLDER',
      message: expect.stringContaining('not a folder'),
    });
  });

  test('that cannot be made', async () => {
    writeFileSync(join(path, 'file'), '');
    path = join(path, 'file');
    await expect(open()).rejects.toMatchObject({
      code: 'RECORDER_FOLDER',
      message: expect.stringContaining('ENOTDIR'),
    });
    path = join(path, '..');
  });
});
