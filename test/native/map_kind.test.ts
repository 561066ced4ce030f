import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BpfMap, BpfObject, MapDescription } from '../../src/kernel/addon.js';
import { mapKind } from '../../src/maps/map_kind.js';
import { fixtureObject } from '../harness/fixture_objects.js';
import { addon, nativeErrorOf, possibleCpus } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

function openKinds(): BpfObject {
  return new addon.BpfObject(fixtureObject('map_kinds'));
}

// native/map_kind.cc and src/maps/map_kind.ts hold the same table. The fixture has maps with values of 4 bytes, so the
// stride shows whether a map is per CPU even on a machine with one CPU.
describe('the tables of map kinds agree', needs({ bpf: true }), () => {
  let object: BpfObject;
  let created: readonly MapDescription[];
  beforeAll(async () => {
    object = openKinds();
    created = object.maps().filter(({ name, type, section }) => {
      const isSupported = addon.supportsMapType(type);
      if (!isSupported) object.setAutocreate(name, false);
      return isSupported && section === undefined;
    });
    await object.load();
  });
  afterAll(() => object.close());

  test('on the names of types that libbpf does not know', () => {
    const unknown = openKinds();
    expect(unknown.maps().find(({ name }) => name === 'newest')).toMatchObject({ type: 250, typeName: 'number 250' });
    unknown.close();
  });

  test('on all readable types and some others', () => {
    const types = created.map(({ typeName }) => typeName);
    expect(types.filter((type) => mapKind(type).isReadable).sort()).toEqual([
      'array',
      'hash',
      'lpm_trie',
      'lru_hash',
      'lru_percpu_hash',
      'percpu_array',
      'percpu_hash',
    ]);
    expect(types.filter((type) => !mapKind(type).isReadable).length).toBeGreaterThan(5);
  });

  test.each(
    openKinds()
      .maps()
      .filter(({ section }) => section === undefined)
      .map(({ typeName, name }) => [typeName, name] as const),
  )('%s', async (type, name) => {
    if (!created.some((map) => map.name === name)) return;
    const map: BpfMap = object.map(name);
    const { isArray, isPerCpu, isReadable } = mapKind(type);
    expect(map.cpus).toBe(isPerCpu ? possibleCpus() : 1);
    expect(map.valueStride).toBe(isPerCpu ? 8 * possibleCpus() : map.valueSize);
    if (isReadable) {
      expect((await map.snapshot()).count).toBe(isArray ? map.maxEntries : 0);
      await map.empty();
    } else {
      expect(nativeErrorOf(() => map.snapshot()).code).toBe('EOPNOTSUPP');
      expect(nativeErrorOf(() => map.empty()).code).toBe('EOPNOTSUPP');
    }
  });
});
