import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { BpfObject } from '../../src/kernel/addon.js';
import { type EventBuffer, recordsOf } from '../../src/kernel/event_handles.js';
import { loadRecordWriter } from '../harness/event_records.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { addon, addonFile, callGetppid, getppid, nativeErrorOf, numberAt, u32 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';
import { eventually, pause } from '../harness/waiting.js';

describe('an event buffer', needs({ bpf: true }), () => {
  const opened: (BpfObject | EventBuffer)[] = [];
  afterEach(() => {
    for (const one of opened.splice(0)) one.close();
  });

  async function load(): Promise<BpfObject> {
    const object = await loadRecordWriter();
    opened.push(object);
    return object;
  }

  /** Follows the records of an object, and checks each. */
  function follow(object: BpfObject): { buffer: EventBuffer; numbers: number[]; batches: number[] } {
    const numbers: number[] = [];
    const batches: number[] = [];
    const buffer = new addon.EventBuffer(object.map('events'), (batch) => {
      batches.push(batch.length);
      for (const record of recordsOf(batch)) {
        const number = Number(record.readBigUInt64LE());
        if (record.length !== 9 + (number & 63) || record[8] !== 0xee) throw new Error(`record ${number} is damaged`);
        numbers.push(number);
      }
    });
    opened.push(buffer);
    return { buffer, numbers, batches };
  }

  const threads = () =>
    readdirSync('/proc/self/task').filter(
      (thread) => readFileSync(`/proc/self/task/${thread}/comm`, 'utf8') === 'santabpf-events\n',
    ).length;

  test('hands over each record once, in order', async () => {
    const { numbers } = follow(await load());
    for (let round = 1; round <= 5; round++) {
      callGetppid(100);
      await eventually(() => numbers.length === round * 100);
    }
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, i) => i));
  });

  test('hands over bounded batches with pauses; what finds no place is the loss of the program', async () => {
    const object = await load();
    const { numbers, batches } = follow(object);
    const start = performance.now();
    callGetppid(100_000);
    const written = () => numberAt(object.map('.bss').lookup(u32(0))!, 0);
    const lost = () => numberAt(object.map('.bss').lookup(u32(0))!, 8);
    await eventually(() => numbers.length + lost() === written());
    expect(written()).toBe(100_000);
    expect(lost()).toBeGreaterThan(0);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.max(...batches)).toBeLessThan(128 * 1024 + 100);
    expect(batches.length).toBeLessThanOrEqual((performance.now() - start) / 50 + 1);
  });

  test('hands over nothing once it is closed', async () => {
    const { buffer, numbers } = follow(await load());
    callGetppid(10);
    buffer.close();
    buffer.close();
    expect(buffer.closed).toBe(true);
    await pause(100);
    expect(numbers).toEqual([]);
  });

  test('may outlive its object', async () => {
    const object = await load();
    const { buffer } = follow(object);
    callGetppid(10);
    object.close();
    await pause(100);
    expect(buffer.closed).toBe(false);
    buffer.close();
    expect(buffer.closed).toBe(true);
  });

  test('can be closed while it hands over', async () => {
    const object = await load();
    const closed = await new Promise<boolean>((resolve) => {
      const buffer = new addon.EventBuffer(object.map('events'), () => {
        buffer.close();
        resolve(buffer.closed);
      });
      callGetppid(1);
    });
    expect(closed).toBe(true);
  });

  test('has a thread until it is closed', async () => {
    const object = await load();
    const before = threads();
    const buffers = Array.from({ length: 4 }, () => follow(object).buffer);
    await eventually(() => threads() === before + 4);
    for (const buffer of buffers) buffer.close();
    await eventually(() => threads() === before);
  });

  test('wants a ring buffer and a function', async () => {
    const object = await load();
    const { EventBuffer } = addon;
    expect(() => new EventBuffer(object.map('events'), 1 as never)).toThrow(TypeError);
    expect(() => new EventBuffer({} as never, () => {})).toThrow(TypeError);
    expect(nativeErrorOf(() => new EventBuffer(object.map('.bss'), () => {}))).toMatchObject({
      code: 'EINVAL',
      operation: 'read events',
    });
    const map = object.map('events');
    object.close();
    expect(nativeErrorOf(() => new EventBuffer(map, () => {}))).toMatchObject({ code: 'EBADF' });
  });

  test.each([
    ['ends by itself', ''],
    ['exits', 'setTimeout(() => process.exit(0), 100)'],
    ['ends a worker thread', 'setTimeout(() => process.exit(0), 100)', true],
  ])('does not hold up a process that %s', (_, end, inWorker = false) => {
    const body = `
      const { BpfObject, EventBuffer } = require(${JSON.stringify(addonFile)});
      const object = new BpfObject(${JSON.stringify(fixtureObject('events'))});
      object.setInitialValue('.rodata', 0, new Uint8Array(Uint32Array.of(process.pid).buffer));
      object.setInitialValue('.rodata', 8, new Uint8Array(BigUint64Array.of(${getppid}n).buffer));
      object.load().then(() => {
        object.attach('write_record');
        new EventBuffer(object.map('events'), () => {});
        for (let i = 0; i < 1000; i++) process.ppid;
        ${end};
      });`;
    const script = inWorker
      ? `new (require('node:worker_threads').Worker)(${JSON.stringify(body)}, { eval: true })`
      : body;
    const { status, signal, stderr } = spawnSync(process.execPath, ['-e', script], {
      timeout: 20_000,
      encoding: 'utf8',
    });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  });
});
