import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BpfObject, InnerMaps } from '../../src/kernel/addon.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { filledValue, update } from '../harness/map_entries.js';
import { addon, nativeErrorOf, u32 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

const HASH = 1;
const ARRAY = 2;
const PERCPU_ARRAY = 6;
const QUEUE = 22;

async function loaded(): Promise<BpfObject> {
  const object = new addon.BpfObject(fixtureObject('nested_maps'));
  await object.load();
  return object;
}

/** Keys of counts_by_place. */
const place = (floor: number) => u32(7, floor);

describe.each(['in batches', 'on a kernel without batches'])('entries of maps in maps, read %s', (how) => {
  describe('', needs({ bpf: true }), () => {
    let object: BpfObject;
    beforeEach(async () => {
      addon.refuseBatches(how !== 'in batches');
      object = await loaded();
    });
    afterEach(() => {
      addon.refuseBatches(false);
      object.close();
    });

    test('of hashes: their keys, the key of the outer map, and the id of the map', async () => {
      const entries = object.map('counts_by_kind').innerEntries(HASH, 8, 16);
      expect(entries).toMatchObject({ keySize: 8 + 4 + 4, valueSize: 16, valueStride: 16, cpus: 1 });
      expect((await entries.snapshot()).count).toBe(0);
      const [first, second] = [object.map('first_counts'), object.map('second_counts')];
      for (let i = 0; i < 50; i++) update(first, u32(i, 1), new Uint8Array(16).fill(i));
      update(second, u32(3, 4), new Uint8Array(16).fill(200));
      const { count, addedKeys, values, rows } = await entries.snapshot();
      expect(count).toBe(51);
      const all = Array.from({ length: 51 }, (_, i) =>
        Buffer.from(addedKeys.subarray(i * 16, i * 16 + 16)).toString('hex'),
      );
      const ofFirst = Array.from({ length: 50 }, (_, i) => Buffer.from(u32(i, 1, 1, first.id)).toString('hex'));
      expect(all.sort()).toEqual([...ofFirst, Buffer.from(u32(3, 4, 3, second.id)).toString('hex')].sort());
      expect(new Set(rows).size).toBe(51);
      expect([...values].reduce((sum, byte) => sum + byte, 0)).toBe(16 * ((49 * 50) / 2 + 200));
    });

    test('of arrays that are per CPU, which come and go', async () => {
      const places = object.map('counts_by_place');
      const entries = places.innerEntries(PERCPU_ARRAY, 4, 8);
      const one = object.map('spare_one');
      update(one, u32(2), filledValue(one, 5));
      addon.updateInner(places.id, place(1), one.id);
      const first = await entries.snapshot();
      expect(first.count).toBe(4);
      expect([...first.values.subarray(2 * entries.valueStride, 3 * entries.valueStride)]).toEqual([
        ...filledValue(one, 5),
      ]);
      addon.updateInner(places.id, place(1), object.map('spare_two').id);
      const second = await entries.snapshot();
      expect([second.count, second.addedRows.length, second.goneRows.length]).toEqual([4, 4, 4]);
      addon.remove(places.id, place(1));
      const third = await entries.snapshot();
      expect([third.count, third.goneRows.length]).toEqual([0, 4]);
    });
  });
});

describe('maps in maps', needs({ bpf: true }), () => {
  let object: BpfObject;
  let entries: InnerMaps;
  beforeAll(async () => {
    object = await loaded();
    entries = object.map('counts_by_place').innerEntries(PERCPU_ARRAY, 4, 8);
  });
  afterAll(() => object.close());

  test('more than 1024 are refused, and are read again once they are fewer', async () => {
    const places = object.map('counts_by_place');
    const keys = Uint8Array.from(Array.from({ length: 1025 }, (_, floor) => [...place(floor)]).flat());
    addon.updateInner(places.id, keys, object.map('spare_one').id);
    await expect(entries.snapshot()).rejects.toMatchObject({ code: 'E2BIG', operation: 'read inner maps' });
    addon.remove(places.id, place(0));
    expect((await entries.snapshot()).count).toBe(4 * 1024);
  });

  test('must have the type and sizes that were asked for', async () => {
    const wrong = object.map('counts_by_kind').innerEntries(ARRAY, 4, 8);
    await expect(wrong.snapshot()).rejects.toMatchObject({ code: 'EINVAL' });
    expect(nativeErrorOf(() => object.map('counts_by_kind').innerEntries(QUEUE, 4, 8)).code).toBe('EOPNOTSUPP');
    expect(nativeErrorOf(() => object.map('first_counts').innerEntries(HASH, 8, 16)).code).toBe('EINVAL');
  });

  test('are not read twice at a time, nor after the end', async () => {
    const running = entries.snapshot();
    expect(nativeErrorOf(() => entries.snapshot()).code).toBe('EBUSY');
    await running;
    const other = await loaded();
    const ofOther = other.map('counts_by_kind').innerEntries(HASH, 8, 16);
    other.close();
    expect(nativeErrorOf(() => ofOther.snapshot()).code).toBe('EBADF');
  });
});
