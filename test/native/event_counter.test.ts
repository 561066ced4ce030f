import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { planWords, type StreamPlan } from '../../src/events/plan_words.js';
import type { BpfObject } from '../../src/kernel/addon.js';
import type { EventCounter } from '../../src/kernel/event_handles.js';
import { loadRecordWriter } from '../harness/event_records.js';
import { addon, callGetppid, nativeErrorOf, numberAt, sanitized, u32, u64 } from '../harness/native_addon.js';
import { randomNumbers } from '../harness/random.js';
import { needs } from '../harness/requirements.js';
import { eventually, pause } from '../harness/waiting.js';

/** Records of test/fixtures/bpf/events.bpf.c: a number of 8 bytes, then 1 to 64 bytes. */
const number = { offset: 0, size: 8, signed: false, network: false } as const;
const byNumber: StreamPlan = {
  keySize: 8,
  maxEntries: 100,
  filters: [],
  key: [{ offset: 0, size: 8, isText: false }],
  measures: [{ number }],
};
const all: StreamPlan = { ...byNumber, keySize: 1, key: [] };

describe('an event counter', needs({ bpf: true }), () => {
  const opened: (BpfObject | EventCounter)[] = [];
  afterEach(() => {
    for (const one of opened.splice(0)) one.close();
  });

  async function load(): Promise<BpfObject> {
    const object = await loadRecordWriter();
    opened.push(object);
    return object;
  }

  function count(object: BpfObject, ...plans: StreamPlan[]): EventCounter {
    const counter = new addon.EventCounter(object.map('events'), planWords(plans), 8);
    opened.push(counter);
    return counter;
  }

  test('has counted what was written when a snapshot is asked for', async () => {
    const counter = count(await load(), byNumber, all);
    expect((await counter.snapshot(1)).count).toBe(1);
    callGetppid(50);
    const { count: rows, addedRows, addedKeys, values } = await counter.snapshot(0);
    expect([rows, addedRows.length, addedKeys.length, values.length]).toEqual([50, 50, 400, 800]);
    const { values: total } = await counter.snapshot(1);
    expect([numberAt(total, 0), numberAt(total, 8)]).toEqual([50, (49 * 50) / 2]);
  });

  test('keeps row numbers, gives those of removed keys to others, and tells of both', async () => {
    const counter = count(await load(), byNumber);
    callGetppid(10);
    const first = await counter.snapshot(0);
    expect([...first.addedRows]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(numberAt(counter.take(0, u64(3))!, 0)).toBe(1);
    expect(counter.take(0, u64(3))).toBeUndefined();
    callGetppid(1);
    const second = await counter.snapshot(0);
    expect([...second.goneRows]).toEqual([3]);
    expect([...second.addedRows]).toEqual([3]);
    expect(numberAt(second.addedKeys, 0)).toBe(10);
    const third = await counter.snapshot(0);
    expect([third.count, third.addedRows.length, third.goneRows.length]).toEqual([10, 0, 0]);
  });

  test('finds every key that is left after others were removed', async () => {
    const counter = count(await load(), byNumber);
    callGetppid(100);
    await counter.snapshot(0);
    const random = randomNumbers(7);
    const left = new Set(Array.from({ length: 100 }, (_, i) => i));
    for (const key of [...left].sort(() => random(3) - 1).slice(0, 60)) {
      expect(counter.take(0, u64(key))).toBeDefined();
      left.delete(key);
    }
    for (const key of left) expect(counter.take(0, u64(key)), String(key)).toBeDefined();
    expect((await counter.snapshot(0)).count).toBe(0);
  });

  test('counts a flood in bounded memory, off this thread: each record is counted, or lost by the program', async () => {
    const object = await load();
    const counter = count(object, byNumber);
    const bss = () => object.map('.bss').lookup(u32(0))!;
    const mostBefore = residentKiB();
    for (let round = 0; round < 10; round++) callGetppid(50_000);
    const rows = await counter.snapshot(0);
    const { records, malformed, seconds } = counter.counts();
    expect(rows.count).toBe(100);
    expect(numberAt(bss(), 0)).toBe(500_000);
    expect(records + numberAt(bss(), 8)).toBe(500_000);
    expect(numberAt(counter.other(0), 0)).toBe(records - 100);
    expect(malformed).toBe(0);
    expect(seconds).toBeGreaterThan(0);
    // Kept records would take 20 MB.
    expect(residentKiB() - mostBefore).toBeLessThan(10_000);
  });

  test('counts until it is closed, also when its object is closed', async () => {
    const object = await load();
    const counter = count(object, all);
    callGetppid(5);
    await eventually(() => counter.counts().records === 5);
    object.close();
    expect(numberAt((await counter.snapshot(0)).values, 0)).toBe(5);
    const reading = counter.snapshot(0);
    counter.close();
    counter.close();
    expect(numberAt((await reading).values, 0)).toBe(5);
    expect(counter.closed).toBe(true);
    expect(counter.counts().records).toBe(5);
    for (const call of [() => counter.snapshot(0), () => counter.take(0, new Uint8Array(1)), () => counter.other(0)]) {
      expect(nativeErrorOf(call)).toMatchObject({ code: 'EBADF' });
    }
  });

  test('refuses other maps, other streams and what is no plan', async () => {
    const object = await load();
    const { EventCounter } = addon;
    const plan = planWords([all]);
    expect(nativeErrorOf(() => new EventCounter(object.map('.bss'), plan, 8))).toMatchObject({ code: 'EINVAL' });
    expect(() => new EventCounter({} as never, plan, 8)).toThrow(TypeError);
    expect(() => new EventCounter(object.map('events'), new Uint8Array(8) as never, 8)).toThrow(TypeError);
    const counter = count(object, all);
    expect(() => counter.snapshot(1)).toThrow(RangeError);
    expect(() => counter.take(0, new Uint8Array(2))).toThrow(RangeError);
    const outside = planWords([{ ...all, measures: [{ number: { ...number, offset: 4 } }] }]);
    outside[1] = 8n;
    expect(() => new EventCounter(object.map('events'), outside, 8)).toThrow(RangeError);
  });

  test('survives random plans, and random changes of valid ones', async () => {
    const object = await load();
    const random = randomNumbers(11);
    const word = () => BigInt(random(2 ** random(33)));
    let accepted = 0;
    // Sanitizers make a round ten times as long.
    for (let round = 0; round < (sanitized ? 2000 : 20_000); round++) {
      const words = round % 2 ? planWords([byNumber, all]) : new BigUint64Array(random(30));
      if (round % 2) words[random(words.length)] = word();
      else for (let index = 0; index < words.length; index++) words[index] = word() % 12n;
      // Tables of a million rows take their time.
      if (words.some((one) => one > 65_536n)) continue;
      try {
        const counter = new addon.EventCounter(object.map('events'), words, 8);
        if (accepted++ % 8 === 0) {
          callGetppid(3);
          await pause(0);
        }
        counter.close();
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
    expect(accepted).toBeGreaterThan(sanitized ? 20 : 100);
  });
});

function residentKiB(): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]);
}
