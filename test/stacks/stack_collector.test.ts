import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Batch, StackCollector } from '../../src/stacks/stack_collector.js';
import type { Collected } from '../../src/stacks/stack_program.js';
import { rawStack } from './raw_stacks.js';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A collector over a program whose every collection has one more sample. */
function setUp(collect?: () => Promise<Collected>) {
  const calls: string[] = [];
  const observed: number[][] = [];
  const followed: number[][] = [];
  const failures: unknown[] = [];
  let count = 0;
  const collector = new StackCollector({
    load: async (kind) => {
      calls.push(`load ${kind}`);
      return {
        collect:
          collect ?? (async () => ({ stacks: [rawStack('a', ++count, { pid: 40 + count })], lost: 1, incomplete: 0 })),
        follow: (interpreters) => void followed.push(interpreters.map(({ pid }) => pid)),
        close: () => void calls.push(`close ${kind}`),
      };
    },
    symbolizer: {
      observe: async (pids) => void observed.push([...pids]),
      observePython: async (stacks) => stacks.map(({ pid }) => ({ pid, layout: new Uint8Array(40) })),
    },
    now: () => performance.now(),
    date: Date.now,
    onFailure: (_, error) => failures.push(error),
  });
  return { collector, calls, observed, followed, failures };
}

const values = (batches: readonly Batch[]) => batches.map(({ stacks }) => stacks[0]!.value);

test('collects every five seconds while somebody listens', async () => {
  const { collector, calls, observed, followed } = setUp();
  const batches: Batch[] = [];
  await vi.advanceTimersByTimeAsync(20_000);
  expect(calls).toEqual([]);
  const end = await collector.listen('cpu', (batch) => batches.push(batch));
  const start = Date.now();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(values(batches)).toEqual([1, 2]);
  expect(batches.map(({ from, to }) => [from - start, to - start])).toEqual([
    [0, 5000],
    [5000, 10_000],
  ]);
  expect(observed).toEqual([[41], [42]]);
  expect(followed).toEqual([[41], [42]]);
  await vi.advanceTimersByTimeAsync(1000);
  await end();
  expect(values(batches)).toEqual([1, 2, 3]);
  expect(batches[2]!.to - batches[2]!.from).toBe(1000);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(values(batches)).toEqual([1, 2, 3]);
  expect(calls).toEqual(['load cpu', 'close cpu']);
});

test('a listener gets only what is collected while it listens', async () => {
  const { collector, calls } = setUp();
  const [first, second]: [Batch[], Batch[]] = [[], []];
  const endFirst = await collector.listen('cpu', (batch) => first.push(batch));
  await vi.advanceTimersByTimeAsync(2000);
  const endSecond = await collector.listen('cpu', (batch) => second.push(batch));
  await vi.advanceTimersByTimeAsync(1000);
  await Promise.all([endSecond(), endSecond()]);
  expect(calls).toEqual(['load cpu']);
  await endFirst();
  expect([values(first), values(second)]).toEqual([[1, 2, 3], [2]]);
  expect(second[0]!.to - second[0]!.from).toBe(1000);
  expect(calls).toEqual(['load cpu', 'close cpu']);
});

test('kinds are independent of each other', async () => {
  const { collector, calls } = setUp();
  const ends = [await collector.listen('cpu', () => {}), await collector.listen('offcpu', () => {})];
  for (const end of ends) await end();
  expect(calls).toEqual(['load cpu', 'load offcpu', 'close cpu', 'close offcpu']);
});

describe('failures', () => {
  test('a collection that fails is reported, and the next batch covers its time', async () => {
    let isBroken = true;
    const { collector, failures } = setUp(async () => {
      if (isBroken) throw new Error('broken');
      return { stacks: [rawStack('a', 1)], lost: 0, incomplete: 0 };
    });
    const batches: Batch[] = [];
    await collector.listen('cpu', (batch) => batches.push(batch));
    await vi.advanceTimersByTimeAsync(5000);
    isBroken = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(failures).toEqual([new Error('broken')]);
    expect(batches.map(({ from, to }) => to - from)).toEqual([10_000]);
  });

  test('a program that cannot be loaded is not collected from', async () => {
    const { collector } = setUp();
    const broken = new StackCollector({
      load: () => Promise.reject(new Error('no privilege')),
      symbolizer: { observe: async () => {}, observePython: async () => [] },
      now: () => 0,
      date: () => 0,
      onFailure: () => {},
    });
    await expect(broken.listen('cpu', () => {})).rejects.toThrow('no privilege');
    await broken.flush('cpu');
    await collector.flush('cpu');
  });

  test('after the clock was set, a batch still has its length', async () => {
    const { collector } = setUp();
    const batches: Batch[] = [];
    await collector.listen('cpu', (batch) => batches.push(batch));
    await vi.advanceTimersByTimeAsync(4000);
    vi.setSystemTime(5_000_000_000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(batches[0]).toMatchObject({ from: 5_000_001_000 - 5000, to: 5_000_001_000 });
  });
});
