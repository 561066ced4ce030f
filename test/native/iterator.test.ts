import { spawn } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { parseBtf } from '../../src/decode/btf/parser.js';
import { encodeConstant } from '../../src/decode/constants.js';
import type { BpfObject } from '../../src/kernel/addon.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { addon, nativeErrorOf, numberAt, rejectionOf, u32, u64 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

describe('iterators', needs({ bpf: true }), () => {
  const opened: BpfObject[] = [];
  afterEach(() => {
    for (const object of opened.splice(0)) object.close();
  });

  /** @param fails whether the program `count_maps` fails */
  async function load(fails = false): Promise<BpfObject> {
    const object = new addon.BpfObject(fixtureObject('iterators'));
    for (const [name, value] of Object.entries({ parent: process.pid, fails: fails ? 1 : 0 })) {
      const { map, offset, bytes } = encodeConstant(parseBtf(object.btf()!), name, value);
      object.setInitialValue(map, offset, bytes);
    }
    await object.load();
    opened.push(object);
    return object;
  }

  /** @param failure errno that the program `fail` returns */
  async function loadWalk(failure: number): Promise<BpfObject> {
    const object = new addon.BpfObject(fixtureObject('map_entries'));
    const { map, offset, bytes } = encodeConstant(parseBtf(object.btf()!), 'failure', failure);
    object.setInitialValue(map, offset, bytes);
    object.setAutoload('add_entries_by_iterator', false);
    await object.load();
    opened.push(object);
    return object;
  }

  async function total(object: BpfObject): Promise<number> {
    const { values } = await object.map('all_children').snapshot();
    let sum = 0;
    for (let offset = 0; offset < values.length; offset += 8) sum += numberAt(values, offset);
    return sum;
  }

  test('visit everything once per run, and report their CPU time', async () => {
    const object = await load();
    const link = object.attach('list_children');
    await link.iterate();
    const before = await total(object);
    const children = Array.from({ length: 5 }, () => spawn('sleep', ['100'], { stdio: 'ignore' }));
    try {
      await object.map('all_children').empty();
      expect(await link.iterate()).toBeGreaterThan(0);
      expect(await total(object)).toBe(before + 5);
      await Promise.all([link.iterate(), link.iterate()]);
      expect(await total(object)).toBe((before + 5) * 3);
    } finally {
      for (const child of children) child.kill();
    }
  });

  test('that always ask for the same object again fail', async () => {
    const object = await load(true);
    const link = object.attach('count_maps');
    expect(await rejectionOf(link.iterate())).toMatchObject({ code: 'EAGAIN', operation: 'run iterator' });
  });

  test('end when their object is closed, and can be closed at any time', async () => {
    const object = await load(true);
    const runs = Array.from({ length: 20 }, () => object.attach('count_maps').iterate());
    object.close();
    const rejections = await Promise.all(runs.map(rejectionOf));
    for (const { code } of rejections) expect(['EAGAIN', 'ECANCELED']).toContain(code);
  });

  test('over a map visit its entries, and may change them', async () => {
    const object = await loadWalk(0);
    const link = object.attach('add_entries');
    const map = object.map('visited');
    addon.update(map.id, u32(1), u64(30));
    addon.update(map.id, u32(2), u64(12));
    await link.iterate();
    await link.iterate();
    expect(numberAt((await object.map('.bss').snapshot()).values, 0)).toBe(42);
    expect(numberAt(addon.lookup(map.id, u32(1))!, 0)).toBe(0);
  });

  test('without a hook fail as they say, and end with their object', async () => {
    const object = await loadWalk(28);
    const link = object.attach('fail');
    expect(await rejectionOf(link.iterate())).toMatchObject({ code: 'ENOSPC', operation: 'run iterator' });
    const runs = Array.from({ length: 20 }, () => object.attach('add_entries').iterate());
    object.close();
    for (const nanoseconds of await Promise.all(runs)) expect(nanoseconds).toBeGreaterThan(0);
    expect(nativeErrorOf(() => link.iterate()).code).toBe('EBADF');
  });

  test('must be attached, and the program an iterator', async () => {
    const object = await load();
    const link = object.attach('list_children');
    link.detach();
    expect(nativeErrorOf(() => link.iterate()).code).toBe('EBADF');
    const other = object.attach('no_iterator');
    expect(nativeErrorOf(() => other.iterate()).code).toBe('EINVAL');
  });
});
