import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BpfMap, BpfObject, SnapshotOptions } from '../../src/kernel/addon.js';
import { KernelMap } from '../../src/kernel/kernel_map.js';
import type { MapSnapshot } from '../../src/maps/map_reader.js';
import {
  addon,
  callGetppid,
  nativeErrorOf,
  numberAt,
  openCounters,
  rejectionOf,
  sanitized,
  u32,
  u64,
} from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

/** What a reader of snapshots knows: the key of each row. Checks the promises of `MapSnapshot` on the way. */
class Reader {
  readonly keys = new Map<number, string>();

  constructor(
    readonly map: BpfMap,
    readonly options: SnapshotOptions = {},
  ) {}

  /** The map's contents, hexadecimal key to hexadecimal value. */
  async read(): Promise<Map<string, string>> {
    const snapshot = await this.map.snapshot(this.options);
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

/** A value of a map's stride with a number in its first 8 bytes, or for per-CPU maps of each CPU's. */
function filledValue(map: BpfMap, number: number): Uint8Array {
  const value = new Uint8Array(map.valueStride);
  const step = map.valueStride / map.cpus;
  for (let cpu = 0; cpu < map.cpus; cpu++) {
    value.set(u64(number * 100 + cpu).subarray(0, Math.min(8, map.valueSize)), cpu * step);
  }
  return value;
}

function keyOf(map: BpfMap, number: number): Uint8Array {
  const key = new Uint8Array(map.keySize);
  key.set(map.typeName === 'lpm_trie' ? u32(32, number) : u32(number));
  return key;
}

describe('maps', needs({ bpf: true }), () => {
  let object: BpfObject;
  beforeAll(() => {
    object = openCounters();
    return object.load();
  });
  afterAll(() => object.close());

  describe.each([{ batch: true }, { batch: false }])('read with %o', (options) => {
    test.each(['plain_hash', 'percpu_hash', 'lru_hash', 'lru_percpu_hash', 'lpm_trie'])('%s', async (name) => {
      const map = object.map(name);
      const reader = new Reader(map, options);
      expect(await reader.read()).toEqual(new Map());
      const expected = new Map<string, string>();
      const set = (key: number, value: number) => {
        map.update(keyOf(map, key), filledValue(map, value));
        expected.set(hex(keyOf(map, key)), hex(filledValue(map, value)));
      };
      const remove = (key: number) => {
        expect(map.delete(keyOf(map, key))).toBe(true);
        expected.delete(hex(keyOf(map, key)));
      };
      for (let i = 0; i < 300; i++) set(i, i);
      expect(await reader.read()).toEqual(expected);
      for (let i = 0; i < 300; i += 3) remove(i);
      for (let i = 1; i < 300; i += 3) set(i, i * 2);
      expect(await reader.read()).toEqual(expected);
      for (let i = 300; i < 400; i++) set(i, i);
      expect(await reader.read()).toEqual(expected);
      for (const key of expected.keys()) map.delete(Buffer.from(key, 'hex'));
      expect(await reader.read()).toEqual(new Map());
      expect(map.delete(keyOf(map, 1))).toBe(false);
    });

    test.each(['plain_array', 'mapped_array', 'mapped_bytes', 'percpu_array', '.data'])('%s', async (name) => {
      // Another object, for an array's first snapshot alone says which rows there are.
      const other = openCounters();
      await other.load();
      const map = other.map(name);
      const reader = new Reader(map, options);
      const expected = await reader.read();
      expect(expected.size).toBe(map.maxEntries);
      expect([...reader.keys]).toEqual(Array.from({ length: map.maxEntries }, (_, i) => [i, hex(u32(i))]));
      for (let i = 0; i < map.maxEntries; i += 7) {
        map.update(u32(i), filledValue(map, i));
        expected.set(hex(u32(i)), hex(filledValue(map, i)));
      }
      expect(await reader.read()).toEqual(expected);
      const unmapped = new Reader(map, { ...options, mmap: false });
      unmapped.keys.clear();
      for (const [row, key] of reader.keys) unmapped.keys.set(row, key);
      expect(await unmapped.read()).toEqual(expected);
      other.close();
    });
  });

  test('a key keeps its row, freed rows are used again', async () => {
    const other = openCounters();
    await other.load();
    const map = other.map('plain_hash');
    const reader = new Reader(map);
    const rowOf = (key: number) => [...reader.keys].find(([, text]) => text === hex(keyOf(map, key)))?.[0];
    for (const key of [1, 2, 3]) map.update(keyOf(map, key), u64(key));
    await reader.read();
    const [first, second, third] = [rowOf(1), rowOf(2), rowOf(3)];
    expect([first, second, third].sort()).toEqual([0, 1, 2]);
    map.delete(keyOf(map, 2));
    await reader.read();
    map.update(keyOf(map, 4), u64(4));
    await reader.read();
    expect([rowOf(1), rowOf(4), rowOf(3)]).toEqual([first, second, third]);
    // Deleted and there again between two snapshots: never gone.
    map.delete(keyOf(map, 1));
    map.update(keyOf(map, 1), u64(5));
    const snapshot = await map.snapshot();
    expect(snapshot.goneRows).toHaveLength(0);
    expect(snapshot.addedRows).toHaveLength(0);
    other.close();
  });

  test('rows stay true through random changes', async () => {
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
          map.delete(key);
          expected.delete(hex(key));
        } else {
          const value = u64(random(1e9));
          map.update(key, value);
          expected.set(hex(key), hex(value));
        }
      }
      expect(await reader.read()).toEqual(expected);
    }
    other.close();
  });

  test('many entries: the memory is used again, the numbers are right', async () => {
    const count = sanitized ? 20_000 : 100_000;
    const map = object.map('plain_hash');
    const keys = new Uint8Array(count * 24);
    const values = new Uint8Array(count * 8);
    for (let i = 0; i < count; i++) {
      keys.set(u32(i), i * 24);
      values.set(u32(i + 1), i * 8);
    }
    map.updateBatch(keys, values);
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
    for (let i = 0; i < count; i++) map.delete(keys.subarray(i * 24, i * 24 + 24));
    const empty = await map.snapshot();
    expect(empty.count).toBe(0);
    expect(empty.goneRows).toHaveLength(count);
  });

  test.each([{ batch: true }, { batch: false }])(
    'changes during the read, %o: what stays is always found, once',
    async (options) => {
      const other = openCounters();
      await other.load();
      const map = other.map('plain_hash');
      for (let i = 0; i < 2000; i++) map.update(keyOf(map, i), u64(i));
      const staying = Array.from({ length: 1000 }, (_, i) => hex(keyOf(map, i)));
      const reader = new Reader(map, options);
      for (let round = 0; round < 20; round++) {
        const reading = reader.read();
        for (let i = 1000; i < 2000; i++) map.delete(keyOf(map, i));
        for (let i = 1000; i < 2000; i++) map.update(keyOf(map, i), u64(i));
        const contents = await reading;
        for (const key of staying) if (!contents.has(key)) expect(contents.keys()).toContain(key);
      }
      other.close();
    },
  );

  test('per-CPU values are given per CPU', async () => {
    const map = object.map('percpu_array');
    expect(map.cpus).toBe(addon.possibleCpus());
    expect(map.valueStride).toBe(8 * addon.possibleCpus());
    const link = object.attach('count_calls');
    callGetppid(777);
    link.detach();
    const value = map.lookup(u32(0)) ?? new Uint8Array();
    let total = 0;
    for (let cpu = 0; cpu < map.cpus; cpu++) total += numberAt(value, cpu * 8);
    expect(total).toBe(777);
    const rounded = object.map('percpu_hash');
    expect([rounded.valueSize, rounded.valueStride]).toEqual([16, 16 * addon.possibleCpus()]);
    rounded.delete(u32(0));
    object.map('lru_hash').delete(u32(0));
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
        map.update(keyOf(map, 5), filledValue(map, 6));
        expect(map.lookup(keyOf(map, 5))).toEqual(filledValue(map, 6));
        expect(map.lookupAndDelete(keyOf(map, 5))).toEqual(filledValue(map, 6));
        expect(map.lookupAndDelete(keyOf(map, 5))).toBeUndefined();
        expect(map.lookup(keyOf(map, 5))).toBeUndefined();
      },
    );

    test('of an array cannot be deleted', () => {
      map = object.map('plain_array');
      map.update(u32(3), u32(33));
      expect(nativeErrorOf(() => map.lookupAndDelete(u32(3))).code).toBe('EINVAL');
      expect(nativeErrorOf(() => map.delete(u32(3))).code).toBe('EINVAL');
      expect(map.lookup(u32(3))).toEqual(u32(33));
    });

    test('beyond what fits is refused', () => {
      expect(nativeErrorOf(() => object.map('plain_array').update(u32(1024), u32(1))).code).toBe('E2BIG');
      expect(object.map('plain_array').lookup(u32(1024))).toBeUndefined();
    });
  });

  test('the same handle each time, a new one after a close', () => {
    const map = object.map('.bss');
    expect(object.map('counters.bss')).toBe(map);
    map.close();
    expect(map.closed).toBe(true);
    const again = object.map('.bss');
    expect(again).not.toBe(map);
    expect(again.lookup(u32(0))).toBeDefined();
    expect(nativeErrorOf(() => map.lookup(u32(0))).code).toBe('EBADF');
  });

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

  test('the reader of the metrics stage', async () => {
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
    map.update(u32(8), filledValue(map, 9));
    expect((await reader.read()).count).toBe(1);
    expect(await reader.take(u32(8))).toEqual(filledValue(map, 9));
    expect(await reader.take(u32(8))).toBeUndefined();
    expect((await rejectionOf(new KernelMap(object.map('plain_array')).take(u32(0)))).code).toBe('EINVAL');
    const both = [reader.read(), reader.read()];
    expect((await rejectionOf(both[1]!)).code).toBe('EBUSY');
    await both[0];
  });
});
