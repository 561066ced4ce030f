import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BpfMap, BpfObject } from '../../src/kernel/addon.js';
import { KernelMap } from '../../src/kernel/kernel_map.js';
import { filledValue, keyOf, lookup, remove, update } from '../harness/map_entries.js';
import {
  callGetppid,
  nativeErrorOf,
  numberAt,
  openCounters,
  possibleCpus,
  rejectionOf,
  u32,
} from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

describe('maps', needs({ bpf: true }), () => {
  let object: BpfObject;
  beforeAll(() => {
    object = openCounters();
    return object.load();
  });
  afterAll(() => object.close());

  test('a per-CPU map has one value per CPU', async () => {
    const map = object.map('percpu_array');
    expect(map.cpus).toBe(possibleCpus());
    expect(map.valueStride).toBe(8 * possibleCpus());
    const link = object.attach('count_calls');
    callGetppid(777);
    link.detach();
    const value = lookup(map, u32(0)) ?? new Uint8Array();
    let total = 0;
    for (let cpu = 0; cpu < map.cpus; cpu++) total += numberAt(value, cpu * 8);
    expect(total).toBe(777);
    const rounded = object.map('percpu_hash');
    expect([rounded.valueSize, rounded.valueStride]).toEqual([16, 16 * possibleCpus()]);
    remove(rounded, u32(0));
    remove(object.map('lru_hash'), u32(0));
  });

  describe('one entry', () => {
    let map: BpfMap;
    beforeEach(() => {
      map = object.map('plain_hash');
    });

    test.each(['plain_hash', 'percpu_hash', 'lru_hash', 'lru_percpu_hash', 'lpm_trie'])(
      'is looked up and deleted: %s',
      (name) => {
        map = object.map(name);
        update(map, keyOf(map, 5), filledValue(map, 6));
        expect(lookup(map, keyOf(map, 5))).toEqual(filledValue(map, 6));
        expect(map.lookup(keyOf(map, 5))).toEqual(filledValue(map, 6));
        expect(map.lookupAndDelete(keyOf(map, 5))).toEqual(filledValue(map, 6));
        expect(map.lookupAndDelete(keyOf(map, 5))).toBeUndefined();
        expect(lookup(map, keyOf(map, 5))).toBeUndefined();
        expect(map.lookup(keyOf(map, 5))).toBeUndefined();
      },
    );

    test.each(['plain_hash', 'percpu_hash', 'lpm_trie', 'plain_array'])('is set: %s', (name) => {
      map = object.map(name);
      for (const number of [6, 7]) {
        map.update(keyOf(map, 5), filledValue(map, number));
        expect(lookup(map, keyOf(map, 5))).toEqual(filledValue(map, number));
      }
      if (name !== 'plain_array') remove(map, keyOf(map, 5));
    });

    test('of an array cannot be deleted', () => {
      map = object.map('plain_array');
      update(map, u32(3), u32(33));
      expect(nativeErrorOf(() => map.lookupAndDelete(u32(3))).code).toBe('EINVAL');
      expect(nativeErrorOf(() => remove(map, u32(3))).code).toBe('EINVAL');
      expect(lookup(map, u32(3))).toEqual(u32(33));
    });

    test('beyond the end of an array is refused', () => {
      expect(nativeErrorOf(() => update(object.map('plain_array'), u32(1024), u32(1))).code).toBe('E2BIG');
      expect(nativeErrorOf(() => object.map('plain_array').update(u32(1024), u32(1))).code).toBe('E2BIG');
      expect(lookup(object.map('plain_array'), u32(1024))).toBeUndefined();
    });
  });

  test('the handle is the same each time, and a new one after a close', () => {
    const map = object.map('.bss');
    expect(object.map('counters.bss')).toBe(map);
    map.close();
    expect(map.closed).toBe(true);
    const again = object.map('.bss');
    expect(again).not.toBe(map);
    expect(lookup(again, u32(0))).toBeDefined();
    expect(nativeErrorOf(() => map.lookupAndDelete(u32(0))).code).toBe('EBADF');
  });

  test('KernelMap reads and takes', async () => {
    const reader = new KernelMap(object.map('percpu_hash'));
    expect(reader).toMatchObject({
      name: 'percpu_hash',
      type: 'percpu_hash',
      keySize: 4,
      valueSize: 16,
      maxEntries: 1024,
    });
    expect(new KernelMap(object.map('.bss')).name).toBe('.bss');
    const map = object.map('percpu_hash');
    update(map, u32(8), filledValue(map, 9));
    expect((await reader.read()).count).toBe(1);
    expect(await reader.take(u32(8))).toEqual(filledValue(map, 9));
    expect(await reader.take(u32(8))).toBeUndefined();
    expect((await rejectionOf(new KernelMap(object.map('plain_array')).take(u32(0)))).code).toBe('EINVAL');
    const both = [reader.read(), reader.read()];
    expect((await rejectionOf(both[1]!)).code).toBe('EBUSY');
    await both[0];
  });
});
