import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { BpfObject } from '../../src/kernel/addon.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { lookup } from '../harness/map_entries.js';
import {
  addon,
  callGetppid,
  nativeErrorOf,
  numberAt,
  openCounters,
  rejectionOf,
  u32,
} from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

const open: BpfObject[] = [];

function keep(object: BpfObject): BpfObject {
  open.push(object);
  return object;
}

function openFixture(name: string): BpfObject {
  return keep(new addon.BpfObject(fixtureObject(name)));
}

afterEach(() => {
  for (const object of open.splice(0)) object.close();
});

describe('an opened object', () => {
  test('lists its programs', () => {
    expect(openFixture('counters').programs()).toEqual([
      { name: 'count_calls', section: 'tp_btf/sys_enter', type: 26, typeName: 'tracing', autoload: true },
      { name: 'count_returns', section: 'tp_btf/sys_exit', type: 26, typeName: 'tracing', autoload: true },
    ]);
  });

  test('lists its maps; maps of global variables have a section', () => {
    const maps = openFixture('counters').maps();
    expect(maps.find((map) => map.name === 'plain_hash')).toMatchObject({
      section: undefined,
      type: 1,
      typeName: 'hash',
      keySize: 24,
      valueSize: 8,
      maxEntries: 200_000,
      internal: false,
      autocreate: true,
    });
    expect(maps.find((map) => map.section === '.rodata')).toMatchObject({
      name: 'counters.rodata',
      typeName: 'array',
      valueSize: 16,
      internal: true,
    });
    expect(maps.filter((map) => map.internal).map((map) => map.section)).toEqual(
      expect.arrayContaining(['.bss', '.data', '.rodata']),
    );
    expect(maps.find((map) => map.name === 'plain_hash')?.keyTypeId).toBeGreaterThan(0);
  });

  test('returns its BTF', () => {
    const btf = openFixture('counters').btf();
    expect(btf && new DataView(btf.buffer).getUint16(0, true)).toBe(0xeb9f);
  });

  test('takes its name from the file, or as an option', () => {
    const bytes = readFileSync(fixtureObject('counters'));
    expect(openFixture('counters').name).toBe('counters');
    const object = keep(new addon.BpfObject(bytes, { name: 'renamed' }));
    expect(object.name).toBe('renamed');
    expect(object.maps().find((map) => map.section === '.bss')?.name).toBe('renamed.bss');
  });

  test('opens bytes in shared memory', () => {
    const bytes = readFileSync(fixtureObject('counters'));
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    expect(keep(new addon.BpfObject(shared, { name: 'shared' })).programs()).toHaveLength(2);
  });

  test('refuses initial values that do not fit', () => {
    const object = openFixture('counters');
    expect(() => object.setInitialValue('.rodata', 13, u32(1))).toThrow(RangeError);
    expect(() => object.setInitialValue('.rodata', 0xffff_ffff, u32(1))).toThrow(RangeError);
    expect(nativeErrorOf(() => object.setInitialValue('plain_hash', 0, u32(1))).code).toBe('EINVAL');
  });

  test('names the program or map that it does not have', () => {
    const object = openFixture('counters');
    const error = nativeErrorOf(() => object.setAutoload('nobody', true));
    expect(error).toMatchObject({
      code: 'ENOENT',
      errno: 2,
      operation: 'set autoload',
      log: 'the object has no program "nobody"',
    });
    expect(nativeErrorOf(() => object.setMaxEntries('nothing', 1)).code).toBe('ENOENT');
    expect(nativeErrorOf(() => object.setAutocreate('nothing', false)).code).toBe('ENOENT');
  });
});

describe('a file that is not an object', () => {
  test.each([
    ['a text file', () => new addon.BpfObject(import.meta.filename), 'LIBBPF_FORMAT'],
    ['a missing file', () => new addon.BpfObject('/nonexistent/x.bpf.o'), 'ENOENT'],
    ['a folder', () => new addon.BpfObject('/'), 'EISDIR'],
    ['a device', () => new addon.BpfObject('/dev/zero'), 'EINVAL'],
    ['no bytes', () => new addon.BpfObject(new Uint8Array(), { name: 'x' }), 'EINVAL'],
    ['random bytes', () => new addon.BpfObject(Buffer.from('not an ELF file at all'), { name: 'x' }), 'LIBBPF_FORMAT'],
    ['this program', () => new addon.BpfObject('/bin/true'), 'LIBBPF_FORMAT'],
  ])('%s', (_what, make, code) => {
    const error = nativeErrorOf(make);
    expect(error).toMatchObject({ code, operation: 'open object' });
  });

  test('a cut-off object', () => {
    const bytes = readFileSync(fixtureObject('counters'));
    for (let size = 0; size < bytes.length; size += 97) {
      try {
        keep(new addon.BpfObject(bytes.subarray(0, size), { name: 'cut' }));
      } catch (error) {
        expect(error).toMatchObject({ operation: 'open object' });
      }
    }
  });
});

describe('loading', needs({ bpf: true }), () => {
  test('counts exactly what happened', async () => {
    const object = keep(openCounters());
    await object.load();
    expect(object.state).toBe('loaded');
    const link = object.attach('count_calls');
    expect(link).toMatchObject({ program: 'count_calls', attached: true });
    callGetppid(1234);
    link.detach();
    callGetppid(100);
    expect(link.attached).toBe(false);
    const value = lookup(object.map('.bss'), u32(0));
    expect(value && numberAt(value)).toBe(1234);
  });

  test('keeps initial values', async () => {
    const object = openFixture('counters');
    object.setInitialValue('counters.rodata', 4, u32(9, 8));
    await object.load();
    expect(lookup(object.map('.rodata'), u32(0))?.subarray(0, 12)).toEqual(u32(0, 9, 8));
  });

  test('attaches again after a detach', async () => {
    const object = keep(openCounters());
    await object.load();
    for (let i = 0; i < 20; i++) {
      const link = object.attach('count_calls');
      callGetppid(10);
      link.detach();
      link.detach();
    }
    const value = lookup(object.map('.bss'), u32(0));
    expect(value && numberAt(value)).toBe(200);
  });

  test('knows only the programs that it loaded', async () => {
    const object = keep(openCounters());
    object.setAutoload('count_returns', false);
    await object.load();
    expect(nativeErrorOf(() => object.programInfo('count_returns')).code).toBe('EINVAL');
    expect(nativeErrorOf(() => object.attach('count_returns')).code).toBe('EINVAL');
    expect(nativeErrorOf(() => object.attach('nobody')).code).toBe('ENOENT');
  });

  test('counts runs while run statistics are on', async () => {
    const object = keep(openCounters());
    await object.load();
    object.attach('count_calls');
    const statistics = new addon.RunStatistics();
    expect(statistics.enabled).toBe(true);
    const before = object.programInfo('count_calls');
    callGetppid(50);
    const after = object.programInfo('count_calls');
    statistics.close();
    statistics.close();
    expect(statistics.enabled).toBe(false);
    expect((after.runCount ?? 0) - (before.runCount ?? 0)).toBeGreaterThanOrEqual(50);
    expect(after.runTimeNs).toBeGreaterThan(before.runTimeNs ?? 0);
  });

  test('uses max entries and autocreate', async () => {
    const object = keep(openCounters());
    object.setMaxEntries('plain_hash', 77);
    object.setAutocreate('ring', false);
    await object.load();
    expect(object.map('plain_hash').maxEntries).toBe(77);
    expect(nativeErrorOf(() => object.map('ring'))).toMatchObject({ code: 'EINVAL', log: 'the map was not created' });
  });

  test('makes the keys of a map shorter', async () => {
    const object = keep(openCounters());
    object.setKeySize('plain_hash', 12);
    expect(object.maps().find(({ name }) => name === 'plain_hash')?.keySize).toBe(12);
    expect(() => object.setKeySize('plain_hash', 24)).toThrow('keys of "plain_hash" can have 1 to 12 bytes, not 24');
    expect(() => object.setKeySize('plain_hash', 0)).toThrow('keys of "plain_hash" can have 1 to 12 bytes, not 0');
    await object.load();
    const map = object.map('plain_hash');
    expect([map.keySize, map.maxEntries, map.name]).toEqual([12, 200_000, 'plain_hash']);
    const key = Uint8Array.from({ length: 12 }, (_, index) => index);
    map.update(key, new Uint8Array(8).fill(7));
    expect(map.lookup(key)).toEqual(new Uint8Array(8).fill(7));
    // libbpf would create it with the type of the longer keys, fail, and say so.
    expect(object.log()).not.toContain('plain_hash');
  });

  test('captures the verifier log of each object separately', async () => {
    const rejected = openFixture('rejected');
    const fine = keep(openCounters());
    const [error] = await Promise.all([rejectionOf(rejected.load()), fine.load()]);
    expect(error).toMatchObject({ operation: 'load object', code: 'EACCES', errno: 13 });
    expect(error.log).toContain("prog 'careless'");
    expect(error.log).toContain("R0 invalid mem access 'map_value_or_null'");
    expect(rejected.log()).toContain("R0 invalid mem access 'map_value_or_null'");
    expect(fine.log()).not.toContain('careless');
    expect(rejected.state).toBe('failed');
    expect((await rejectionOf(Promise.resolve().then(() => rejected.load()))).code).toBe('EINVAL');
    expect(nativeErrorOf(() => rejected.attach('careful')).code).toBe('EINVAL');
    expect(rejected.programs()).toHaveLength(2);
  });

  test('skips a program that would be rejected', async () => {
    const object = openFixture('rejected');
    object.setAutoload('careless', false);
    await object.load();
    expect(object.attach('careful').attached).toBe(true);
  });

  test('names the missing hook', async () => {
    const object = openFixture('hooks');
    const error = await rejectionOf(object.load());
    expect(error.log).toContain('santabpf_no_such_hook');
    const other = openFixture('hooks');
    other.setAutoload('no_hook', false);
    await other.load();
    const attach = nativeErrorOf(() => other.attach('no_raw_hook'));
    expect(attach).toMatchObject({ operation: 'attach program', code: 'ENOENT' });
    expect(attach.log).toContain('no_raw_hook');
    expect(nativeErrorOf(() => other.attach('sample')).operation).toBe('attach program');
  });

  test('refuses a missing BTF file', async () => {
    const object = keep(new addon.BpfObject(fixtureObject('typed'), { btfPath: '/nonexistent/btf' }));
    const error = await rejectionOf(object.load());
    expect(error).toMatchObject({ operation: 'load object', code: 'ENOENT' });
    expect(error.log).toContain('failed to parse target BTF');
  });

  test('uses another BTF file', async () => {
    const object = keep(new addon.BpfObject(fixtureObject('typed'), { btfPath: '/sys/kernel/btf/vmlinux' }));
    await object.load();
    expect(object.state).toBe('loaded');
  });

  test('several objects load in parallel', async () => {
    const objects = Array.from({ length: 12 }, () => keep(openCounters()));
    await Promise.all(objects.map((object) => object.load()));
    const links = objects.map((object) => object.attach('count_calls'));
    callGetppid(10);
    for (const link of links) link.detach();
    for (const object of objects) expect(numberAt(lookup(object.map('.bss'), u32(0)) ?? u32(0, 0))).toBe(10);
  });
});

describe('the machine', () => {
  test('has a version of libbpf', () => {
    expect(addon.libbpfVersion()).toMatch(/^\d+\.\d+$/);
  });

  test('says which types of map it supports', needs({ bpf: true }), () => {
    expect(addon.supportsMapType(1)).toBe(true);
    expect(addon.supportsMapType(9999)).toBe(false);
  });
});
