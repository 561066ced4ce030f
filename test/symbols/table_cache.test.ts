import { expect, test } from 'vitest';
import { Refusal } from '../../src/symbols/helper.js';
import { TableCache } from '../../src/symbols/table_cache.js';

/** A table with `bytes` bytes of names and no symbols. */
function tableOf(bytes: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(96 + bytes);
  data.set(Buffer.from('SYM2'));
  new DataView(data.buffer).setUint32(20, bytes, true);
  return data;
}

class Clock {
  at = 0;
  readonly now = () => this.at;
}

const answers =
  (bytes: number, cpuMs = 1) =>
  async () => ({ payload: tableOf(bytes), cpuMs });
const fails = (error: Error) => () => Promise.reject(error);

test('the user with the most bytes loses the table that was not used for longest', async () => {
  const cache = new TableCache(100_000, new Clock().now);
  await cache.load('mine', 'me', answers(30_000));
  for (let i = 0; i < 20; i++) {
    await cache.load(`flood ${i}`, 'other', answers(9000));
    if (i >= 2) cache.get('flood 2');
    expect(cache.bytes).toBeLessThanOrEqual(100_000);
  }
  expect(cache.get('mine')).toBeDefined();
  expect(cache.get('flood 2')).toBeDefined();
  expect(cache.get('flood 3')).toBeUndefined();
  expect(cache.get('flood 19')).toBeDefined();
  expect(['mine', 'flood 3', 'flood 19'].map((key) => cache.wasEvicted(key))).toEqual([false, true, false]);
});

test('users load in turns', async () => {
  const cache = new TableCache(1 << 20, new Clock().now);
  const order: string[] = [];
  const load = (key: string, owner: string) => {
    const note = async () => {
      order.push(key);
      return { payload: tableOf(0), cpuMs: 1 };
    };
    return cache.load(key, owner, note);
  };
  await Promise.all([load('a1', 'a'), load('a2', 'a'), load('a3', 'a'), load('b1', 'b'), load('c1', 'c')]);
  expect(order.indexOf('b1')).toBeLessThan(order.indexOf('a3'));
  expect(order.indexOf('c1')).toBeLessThan(order.indexOf('a3'));
  expect(order).toHaveLength(5);
});

test('who used up the CPU time waits, and nobody else does', async () => {
  const clock = new Clock();
  const cache = new TableCache(1 << 20, clock.now);
  await cache.load('a', 'busy', answers(0, 12_000));
  expect(await cache.load('b', 'busy', answers(0))).toBeUndefined();
  expect(await cache.load('c', 'other', answers(0))).toBeDefined();
  clock.at += 60_000;
  expect(await cache.load('b', 'busy', answers(0))).toBeDefined();
});

test('one file is loaded once, also while it is loading', async () => {
  const cache = new TableCache(1 << 20, new Clock().now);
  let loads = 0;
  const load = () => {
    loads++;
    return answers(0)();
  };
  await Promise.all([cache.load('a', 'me', load), cache.load('a', 'you', load)]);
  await cache.load('a', 'me', load);
  expect(loads).toBe(1);
  await cache.reload('a', 'me', load);
  expect(loads).toBe(2);
});

test('a file that cannot be parsed is left alone for ten minutes; one that cannot be opened for two seconds', async () => {
  const clock = new Clock();
  const cache = new TableCache(1 << 20, clock.now);
  await cache.load('bad', 'me', fails(new Refusal('ended by signal', true)));
  await cache.load('worse', 'me', fails(new Error('no answer in time')));
  await cache.load('gone', 'me', fails(new Refusal('cannot be opened')));
  expect(cache.failures).toBe(2);
  const loaded = async () =>
    Promise.all(['bad', 'worse', 'gone'].map(async (key) => (await cache.load(key, 'me', answers(0))) !== undefined));
  expect(await loaded()).toEqual([false, false, false]);
  expect(await cache.reload('bad', 'me', answers(0))).toBeUndefined();
  clock.at += 3000;
  expect(await loaded()).toEqual([false, false, true]);
  clock.at += 600_000;
  expect(await loaded()).toEqual([true, true, true]);
});

test('a table stays when its file cannot be read again', async () => {
  const cache = new TableCache(1 << 20, new Clock().now);
  const table = await cache.load('a', 'me', answers(8));
  await cache.reload('a', 'me', fails(new Refusal('gone')));
  expect(cache.get('a')).toBe(table);
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['other bytes', new Uint8Array(100)],
  ['a table that is cut', tableOf(8).slice(0, 95)],
])('an answer of %s is no table', async (_, payload) => {
  const cache = new TableCache(1 << 20, new Clock().now);
  expect(await cache.load('a', 'me', async () => ({ payload, cpuMs: 1 }))).toBeUndefined();
  expect(cache.failures).toBe(1);
});
