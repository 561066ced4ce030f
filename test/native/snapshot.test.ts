import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BpfMap, BpfObject } from '../../src/kernel/addon.js';
import type { MapSnapshot } from '../../src/maps/map_reader.js';
import { filledValue, keyOf, remove, update, updateBatch } from '../harness/map_entries.js';
import { addon, nativeErrorOf, numberAt, openCounters, sanitized, u32, u64 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

/** Reads snapshots as the metrics stage does, by the key of each row. Checks the contract of `MapSnapshot`. */
class Reader {
  readonly keys = new Map<number, string>();

  constructor(readonly map: BpfMap) {}

  /** The map's contents, hexadecimal key to hexadecimal value. */
  async read(): Promise<Map<string, string>> {
    const snapshot = await this.map.snapshot();
    this.#follow(snapshot);
    expect(snapshot.rows).toHaveLength(snapshot.count);
    expect(snapshot.values).toHaveLength(snapshot.count * this.map.valueStride);
    expect(snapshot.count).toBe(this.keys.size);
    const contents = new Map<string, string>();
    snapshot.rows.forEach((row, i) => {
      if (row >= snapshot.rowLimit) expect(row).toBeLessThan(snapshot.rowLimit);
      const value = snapshot.values.subarray(i * this.map.valueStride, (i + 1) * this.map.valueStride);
      contents.set(this.keys.get(row)!, Buffer.from(value).toString('hex'));
    });
    expect(contents.size).toBe(snapshot.count);
    return contents;
  }

  #follow(snapshot: MapSnapshot): void {
    for (const row of snapshot.goneRows) if (!this.keys.delete(row)) expect([...this.keys.keys()]).toContain(row);
    snapshot.addedRows.forEach((row, i) => {
      if (this.keys.has(row)) expect([...this.keys.keys()]).not.toContain(row);
      const key = snapshot.addedKeys.subarray(i * this.map.keySize, (i + 1) * this.map.keySize);
      this.keys.set(row, Buffer.from(key).toString('hex'));
    });
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

describe('snapshots', needs({ bpf: true }), () => {
  let object: BpfObject;
  beforeAll(() => {
    object = openCounters();
    return object.load();
  });
  afterAll(() => object.close());

  describe.each(['in batches', 'on a kernel without batches'])('read %s', (how) => {
    let object: BpfObject;
    beforeAll(() => {
      addon.refuseBatches(how !== 'in batches');
      object = openCounters();
      return object.load();
    });
    afterAll(() => {
      addon.refuseBatches(false);
      object.close();
    });

    test.each(['plain_hash', 'percpu_hash', 'lru_hash', 'lru_percpu_hash', 'lpm_trie'])('%s', async (name) => {
      const map = object.map(name);
      const reader = new Reader(map);
      expect(await reader.read()).toEqual(new Map());
      const expected = new Map<string, string>();
      const set = (key: number, value: number) => {
        update(map, keyOf(map, key), filledValue(map, value));
        expected.set(hex(keyOf(map, key)), hex(filledValue(map, value)));
      };
      const drop = (key: number) => {
        expect(remove(map, keyOf(map, key))).toBe(true);
        expected.delete(hex(keyOf(map, key)));
      };
      for (let i = 0; i < 300; i++) set(i, i);
      expect(await reader.read()).toEqual(expected);
      for (let i = 0; i < 300; i += 3) drop(i);
      for (let i = 1; i < 300; i += 3) set(i, i * 2);
      expect(await reader.read()).toEqual(expected);
      for (let i = 300; i < 400; i++) set(i, i);
      expect(await reader.read()).toEqual(expected);
      for (const key of expected.keys()) remove(map, Buffer.from(key, 'hex'));
      expect(await reader.read()).toEqual(new Map());
      expect(remove(map, keyOf(map, 1))).toBe(false);
    });

    test.each(['plain_array', 'mapped_array', 'mapped_bytes', 'percpu_array', '.data'])('%s', async (name) => {
      // Another object, because only the first snapshot of an array lists its rows.
      const other = openCounters();
      await other.load();
      const map = other.map(name);
      const reader = new Reader(map);
      const expected = await reader.read();
      expect(expected.size).toBe(map.maxEntries);
      expect([...reader.keys]).toEqual(Array.from({ length: map.maxEntries }, (_, i) => [i, hex(u32(i))]));
      for (let i = 0; i < map.maxEntries; i += 7) {
        update(map, u32(i), filledValue(map, i));
        expected.set(hex(u32(i)), hex(filledValue(map, i)));
      }
      expect(await reader.read()).toEqual(expected);
      // Another handle reads without the mapping that this one has.
      map.close();
      addon.refuseMappings(true);
      expect(await new Reader(other.map(name)).read()).toEqual(expected);
      addon.refuseMappings(false);
      other.close();
    });
  });

  test('a key keeps its row; freed rows are reused', async () => {
    const other = openCounters();
    await other.load();
    const map = other.map('plain_hash');
    const reader = new Reader(map);
    const rowOf = (key: number) => [...reader.keys].find(([, text]) => text === hex(keyOf(map, key)))?.[0];
    for (const key of [1, 2, 3]) update(map, keyOf(map, key), u64(key));
    await reader.read();
    const [first, second, third] = [rowOf(1), rowOf(2), rowOf(3)];
    expect([first, second, third].sort()).toEqual([0, 1, 2]);
    remove(map, keyOf(map, 2));
    await reader.read();
    update(map, keyOf(map, 4), u64(4));
    await reader.read();
    expect([rowOf(1), rowOf(4), rowOf(3)]).toEqual([first, second, third]);
    // A key that is removed and added between two snapshots keeps its row.
    remove(map, keyOf(map, 1));
    update(map, keyOf(map, 1), u64(5));
    const snapshot = await map.snapshot();
    expect(snapshot.goneRows).toHaveLength(0);
    expect(snapshot.addedRows).toHaveLength(0);
    other.close();
  });

  test('rows stay correct through random changes', async () => {
    const other = openCounters();
    await other.load();
    const map = other.map('plain_hash');
    const reader = new Reader(map);
    const expected = new Map<string, string>();
    let seed = 12345;
    const random = (limit: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return Math.floor((seed / 2 ** 32) * limit);
    };
    for (let round = 0; round < (sanitized ? 15 : 60); round++) {
      for (let change = random(400); change > 0; change--) {
        const key = keyOf(map, random(500));
        if (random(2) === 0) {
          remove(map, key);
          expected.delete(hex(key));
        } else {
          const value = u64(random(1e9));
          update(map, key, value);
          expected.set(hex(key), hex(value));
        }
      }
      expect(await reader.read()).toEqual(expected);
    }
    other.close();
  });

  test('memory follows the number of entries, also when it falls', async () => {
    const other = openCounters();
    await other.load();
    const map = other.map('plain_hash');
    const bytes = async () => (await map.snapshot()).values.buffer.byteLength / map.valueStride;
    for (let i = 0; i < 4000; i++) update(map, keyOf(map, i), u64(i));
    const reader = new Reader(map);
    expect((await reader.read()).size).toBe(4000);
    expect(await bytes()).toBeGreaterThanOrEqual(4000);
    for (let i = 10; i < 4000; i++) remove(map, keyOf(map, i));
    expect((await reader.read()).size).toBe(10);
    expect(await bytes()).toBeLessThan(200);
    expect((await reader.read()).size).toBe(10);
    other.close();
  });

  test('snapshots of many entries reuse their memory and are correct', async () => {
    const count = sanitized ? 20_000 : 100_000;
    const map = object.map('plain_hash');
    const keys = new Uint8Array(count * 24);
    const values = new Uint8Array(count * 8);
    for (let i = 0; i < count; i++) {
      keys.set(u32(i), i * 24);
      values.set(u32(i + 1), i * 8);
    }
    updateBatch(map, keys, values);
    const sum = (snapshot: MapSnapshot) => {
      let total = 0;
      for (let i = 0; i < snapshot.count; i++) total += numberAt(snapshot.values, i * 8);
      return total;
    };
    const first = await map.snapshot();
    expect(first.count).toBe(count);
    expect(first.addedRows).toHaveLength(count);
    expect(sum(first)).toBe((count * (count + 1)) / 2);
    const second = await map.snapshot();
    const third = await map.snapshot();
    expect(third.values.buffer).toBe(second.values.buffer);
    expect(third.addedRows).toHaveLength(0);
    expect(sum(third)).toBe((count * (count + 1)) / 2);
    for (let i = 0; i < count; i++) remove(map, keys.subarray(i * 24, i * 24 + 24));
    const empty = await map.snapshot();
    expect(empty.count).toBe(0);
    expect(empty.goneRows).toHaveLength(count);
  });

  test.each(['in batches', 'on a kernel without batches'])(
    'read %s, entries that stay are found exactly once while others change',
    async (how) => {
      addon.refuseBatches(how !== 'in batches');
      const other = openCounters();
      await other.load();
      const map = other.map('plain_hash');
      for (let i = 0; i < 2000; i++) update(map, keyOf(map, i), u64(i));
      const staying = Array.from({ length: 1000 }, (_, i) => hex(keyOf(map, i)));
      const reader = new Reader(map);
      for (let round = 0; round < 20; round++) {
        const reading = reader.read();
        for (let i = 1000; i < 2000; i++) remove(map, keyOf(map, i));
        for (let i = 1000; i < 2000; i++) update(map, keyOf(map, i), u64(i));
        const contents = await reading;
        for (const key of staying) if (!contents.has(key)) expect(contents.keys()).toContain(key);
      }
      addon.refuseBatches(false);
      other.close();
    },
  );

  test('a map without keys cannot be listed', () => {
    expect(nativeErrorOf(() => object.map('ring').snapshot()).code).toBe('EOPNOTSUPP');
  });

  test('one snapshot of a map at a time', async () => {
    const map = object.map('lru_hash');
    const reading = map.snapshot();
    expect(nativeErrorOf(() => map.snapshot()).code).toBe('EBUSY');
    await reading;
    await map.snapshot();
  });
});
