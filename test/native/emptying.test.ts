import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BpfMap, BpfObject } from '../../src/kernel/addon.js';
import { update, updateBatch } from '../harness/map_entries.js';
import { nativeErrorOf, numberAt, openCounters, sanitized, u32, u64 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

function filled(size: number): Uint8Array {
  return new Uint8Array(size).fill(7);
}

describe('emptying a map', needs({ bpf: true }), () => {
  let object: BpfObject;
  beforeAll(() => {
    object = openCounters();
    return object.load();
  });
  afterAll(() => object.close());

  async function entries(map: BpfMap): Promise<number> {
    return (await map.snapshot()).count;
  }

  test.each(['percpu_hash', 'lru_hash', 'lru_percpu_hash', 'lpm_trie'])('removes all entries: %s', async (name) => {
    const map = object.map(name);
    const key = (number: number) => {
      const bytes = new Uint8Array(map.keySize);
      bytes.set(name === 'lpm_trie' ? u32(32, number) : u32(number));
      return bytes;
    };
    await map.empty();
    for (const count of [1, 700, 3]) {
      for (let i = 0; i < count; i++) update(map, key(i), filled(map.valueStride));
      expect(await entries(map)).toBe(count);
      await map.empty();
      expect(await entries(map)).toBe(0);
    }
  });

  test('removes very many entries', async () => {
    const count = sanitized ? 20_000 : 150_000;
    const map = object.map('plain_hash');
    const keys = new Uint8Array(count * 24);
    for (let i = 0; i < count; i++) keys.set(u32(i), i * 24);
    updateBatch(map, keys, new Uint8Array(count * 8));
    expect(await entries(map)).toBe(count);
    await map.empty();
    expect(await entries(map)).toBe(0);
    await map.empty();
  });

  test.each(['plain_array', 'mapped_array', 'mapped_bytes', 'percpu_array', '.data'])(
    'sets the values of an array to zero: %s',
    async (name) => {
      const map = object.map(name);
      for (let i = 0; i < map.maxEntries; i += 3) update(map, u32(i), filled(map.valueStride));
      await map.empty();
      const { values, count } = await map.snapshot();
      expect(count).toBe(map.maxEntries);
      expect(values.every((byte) => byte === 0)).toBe(true);
    },
  );

  test('keeps the rows of keys that come back before the next snapshot', async () => {
    const map = object.map('lru_hash');
    for (const key of [1, 2, 3]) update(map, u32(key), u64(key));
    const before = await map.snapshot();
    const row = before.addedRows[before.addedRows.findIndex((_, i) => before.addedKeys[i * 4] === 2)];
    await map.empty();
    update(map, u32(2), u64(22));
    const after = await map.snapshot();
    expect([after.count, after.rows[0], after.addedRows.length, after.goneRows.length]).toEqual([1, row, 0, 2]);
    expect(numberAt(after.values)).toBe(22);
  });

  test('and reading exclude each other', async () => {
    const map = object.map('plain_hash');
    const emptying = map.empty();
    expect(nativeErrorOf(() => map.snapshot()).code).toBe('EBUSY');
    expect(nativeErrorOf(() => map.empty()).code).toBe('EBUSY');
    await emptying;
    const reading = map.snapshot();
    expect(nativeErrorOf(() => map.empty()).code).toBe('EBUSY');
    await reading;
  });

  test('is refused for a map whose entries cannot be removed, and for a closed map', async () => {
    expect(nativeErrorOf(() => object.map('ring').empty())).toMatchObject({
      code: 'EOPNOTSUPP',
      operation: 'empty map',
    });
    const other = openCounters();
    await other.load();
    const map = other.map('plain_hash');
    const emptying = map.empty();
    other.close();
    await emptying;
    expect(nativeErrorOf(() => map.empty()).code).toBe('EBADF');
  });
});
