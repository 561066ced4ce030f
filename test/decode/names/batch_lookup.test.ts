import { expect, test } from 'vitest';
import { BatchLookup } from '../../../src/decode/names/batch_lookup.js';

const upper = async (keys: readonly string[]) =>
  new Map(keys.filter((key) => key !== '?').map((key) => [key, key.toUpperCase()]));

test('looks up all wanted keys at once, also in vain, and none again', async () => {
  const batches: (readonly string[])[] = [];
  const lookup = new BatchLookup<string, string>((keys) => {
    batches.push(keys);
    return upper(keys);
  }, {});
  expect(lookup.load()).toBeUndefined();
  for (const key of ['a', 'b', 'a', '?']) lookup.want(key);
  expect(lookup.get('a')).toBeUndefined();
  await lookup.load();
  expect(['a', 'b', '?', 'c'].map((key) => lookup.get(key))).toEqual(['A', 'B', undefined, undefined]);
  for (const key of ['a', '?']) lookup.want(key);
  expect(lookup.load()).toBeUndefined();
  expect(batches).toEqual([['a', 'b', '?']]);
});

test('what is wanted during a batch is in the next one, for which the same promise waits', async () => {
  const batches: (readonly string[])[] = [];
  const lookup = new BatchLookup<string, string>(async (keys) => {
    batches.push(keys);
    if (keys.includes('a')) lookup.want('b');
    return upper(keys);
  }, {});
  lookup.want('a');
  const loading = lookup.load();
  expect(lookup.load()).toBe(loading);
  await loading;
  expect([lookup.get('a'), lookup.get('b'), batches]).toEqual(['A', 'B', [['a'], ['b']]]);
});

test('forgets a batch when its time is over, or when another one does not fit beside it', async () => {
  const expiries: (() => void)[] = [];
  const lookup = new BatchLookup<string, string>(upper, { keys: 2, expire: (forget) => expiries.push(forget) });
  lookup.want('a');
  await lookup.load();
  expiries[0]!();
  expect(lookup.get('a')).toBeUndefined();
  for (const key of ['a', 'b']) lookup.want(key);
  await lookup.load();
  lookup.want('c');
  await lookup.load();
  expect(['a', 'b', 'c'].map((key) => lookup.get(key))).toEqual([undefined, undefined, 'C']);
});
