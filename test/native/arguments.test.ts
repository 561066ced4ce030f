import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BpfMap, type BpfObject, isNativeError, type Link, type RunStatistics } from '../../src/kernel/addon.js';
import { loadAddon } from '../../src/kernel/load_addon.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { remove, update } from '../harness/map_entries.js';
import { addon, openCounters, u32 } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

type Method = (...parameters: unknown[]) => unknown;

/** A method by name, to make calls that the types forbid. */
function method(target: object, name: string): Method {
  return (Reflect.get(target, name) as Method).bind(target);
}

const hostile: unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 32,
  2 ** 64,
  10n,
  '',
  'x',
  'a\0b',
  '\ud800',
  'x'.repeat(100_000),
  Symbol('s'),
  () => 0,
  {},
  [],
  [1, 2, 3],
  new Date(),
  new Uint8Array(0),
  new Uint8Array(1),
  new Uint8Array(100_000),
  new Uint32Array(1),
  new Float64Array(3),
  new DataView(new ArrayBuffer(4)),
  new ArrayBuffer(4),
  new SharedArrayBuffer(4),
  new Proxy({}, {}),
  new Proxy(new Uint8Array(4), {}),
  Object.create(null),
  {
    get type() {
      throw new Error('getter');
    },
  },
  { name: 1, btfPath: 1, type: 'x', config: -1, frequency: 0 },
];

/**
 * Calls with every hostile value in every position. Anything thrown must be an Error, and the process must survive. Resolves
 * when the promises that the calls returned are settled.
 */
async function attack(call: Method, places: number): Promise<void> {
  const pending: Promise<unknown>[] = [];
  const attempt = (...parameters: unknown[]) => {
    try {
      const result = call(...parameters);
      if (result instanceof Promise) pending.push(result);
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
  };
  attempt();
  for (const value of hostile) {
    attempt(...Array.from({ length: places }, () => value));
    for (let place = 0; place < places; place++) {
      for (const other of ['count_calls', '.rodata', new Uint8Array(4), 1]) {
        const parameters: unknown[] = Array.from({ length: places }, () => other);
        parameters[place] = value;
        attempt(...parameters);
      }
    }
  }
  await Promise.allSettled(pending);
}

describe('arguments', needs({ bpf: true }), () => {
  let opened: BpfObject;
  let loaded: BpfObject;
  let map: BpfMap;
  let link: Link;
  let statistics: RunStatistics;

  beforeAll(async () => {
    opened = openCounters();
    loaded = openCounters();
    await loaded.load();
    map = loaded.map('percpu_hash');
    link = loaded.attach('count_returns');
    statistics = new addon.RunStatistics();
  });
  afterAll(() => {
    opened.close();
    loaded.close();
    statistics.close();
  });

  test('of the module', async () => {
    for (const name of [
      'libbpfVersion',
      'supportsMapType',
      'mappedText',
      'mappedBytes',
      'readTypes',
      'returnFreeMemory',
    ])
      await attack(method(addon, name), 1);
    for (const name of ['BpfObject', 'RunStatistics'] as const) {
      await attack((...parameters) => Reflect.construct(addon[name], parameters).close(), 2);
      await attack((...parameters) => Reflect.apply(addon[name], undefined, parameters), 2);
    }
  });

  test('of boundProcess: only a whole number of seconds binds the process', () => {
    const bound = method(addon, 'boundProcess');
    expect(() => bound()).toThrow('cpuSeconds must be');
    // 0 is the only value among these that would bind this process.
    for (const value of hostile.filter((value) => value !== 0))
      expect(() => bound(value)).toThrow('cpuSeconds must be');
  });

  test.each([
    'btf',
    'programs',
    'maps',
    'setAutoload',
    'setAutocreate',
    'setMaxEntries',
    'setKeySize',
    'setValueSize',
    'setInitialValue',
    'initialValue',
    'reuseMap',
    'setTailCall',
    'attach',
    'attachPerfEvent',
    'programInfo',
    'map',
    'log',
    'load',
  ])('of an object: %s', async (name) => {
    const fresh = openCounters();
    if (name !== 'load') await attack(method(fresh, name), 3);
    await attack(method(loaded, name), 3);
    fresh.close();
    await attack(method(fresh, name), 3);
  });

  test.each(['snapshot', 'lookup', 'lookupAndDelete', 'update', 'delete', 'empty'])('of a map: %s', async (name) => {
    for (const target of [map, loaded.map('lpm_trie'), loaded.map('ring'), loaded.map('.rodata')])
      await attack(method(target, name), 3);
  });

  test('of a link and of run statistics', async () => {
    await attack(method(link, 'ensureCpu'), 2);
    await attack(method(link, 'detach'), 2);
    await attack(method(statistics, 'close'), 2);
  });

  test('are named in errors', () => {
    expect(() => method(map, 'lookupAndDelete')('x')).toThrow('key must be a Uint8Array, not a string');
    expect(() => map.lookupAndDelete(new Uint8Array(5))).toThrow('key must have 4 bytes, not 5');
    expect(() => map.update(u32(1), new Uint8Array(5))).toThrow(`value must have ${map.valueStride} bytes, not 5`);
    expect(() => opened.setMaxEntries('plain_hash', -1)).toThrow(
      'maxEntries must be a whole number from 0 to 4294967295',
    );
    expect(() => new addon.BpfObject('a\0b')).toThrow('source must not contain NUL characters');
    expect(() => new addon.BpfObject(new Uint8Array(9))).toThrow('An object opened from bytes needs a name');
    expect(() => new addon.BpfObject(fixtureObject('counters'), { name: 'a.b' })).toThrow(RangeError);
  });

  test('a getter that closes the object', () => {
    const object = openCounters();
    expect(() =>
      method(object, 'attachPerfEvent')('count_calls', {
        get type() {
          object.close();
          return 1;
        },
        config: 0,
        frequency: 1,
      }),
    ).toThrow('EBADF');
  });

  test('a method called on another class, or on nothing', () => {
    for (const [owner, name] of [
      [opened, 'programs'],
      [map, 'snapshot'],
      [link, 'detach'],
      [statistics, 'close'],
    ] as const) {
      const stolen = Reflect.get(owner, name) as Method;
      for (const target of [opened, map, link, statistics, {}, undefined, Object.create(opened)]) {
        if (target === owner) continue;
        expect(() => Reflect.apply(stolen, target, [])).toThrow();
      }
    }
  });

  test('only an object makes links and maps', () => {
    for (const handle of [link, map]) {
      expect(() => Reflect.construct(handle.constructor as () => void, [])).toThrow('can only be made by a BpfObject');
    }
  });

  test('a detached buffer', () => {
    const key = u32(1);
    structuredClone(key.buffer, { transfer: [key.buffer as ArrayBuffer] });
    expect(() => map.lookupAndDelete(key)).toThrow(RangeError);
  });

  test('the memory of a snapshot may be transferred away', async () => {
    update(map, u32(77), new Uint8Array(map.valueStride).fill(7));
    const { values } = await map.snapshot();
    const taken = structuredClone(values.buffer, { transfer: [values.buffer as ArrayBuffer] });
    const next = await map.snapshot();
    expect(next.values).toEqual(new Uint8Array(map.valueStride).fill(7));
    update(map, u32(77), new Uint8Array(map.valueStride).fill(8));
    expect((await map.snapshot()).values.buffer).toBe(next.values.buffer);
    expect(new Uint8Array(taken)[0]).toBe(7);
    remove(map, u32(77));
  });
});

test('a missing addon is explained', () => {
  expect(() => loadAddon('/nonexistent/santabpf.node')).toThrow(
    'Cannot load the native addon "/nonexistent/santabpf.node": Cannot find module',
  );
});

test('other errors are no native errors', () => {
  expect(isNativeError(new Error('x'))).toBe(false);
  expect(isNativeError(undefined)).toBe(false);
});
