import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { mapBytes } from '../../bench/map_memory.js';
import { inspectHost } from '../../src/kernel/host.js';
import { KernelProbe } from '../../src/kernel/kernel_probe.js';
import { fitMapSizes, leastEntries } from '../../src/kernel/map_sizes.js';
import { hookDescriptions, sharedMaps } from '../../src/kernel/shared_hooks.js';
import { addon } from '../harness/native_addon.js';
import { needs } from '../harness/requirements.js';

const root = join(import.meta.dirname, '../..');
const objectOf = (probe: string) => join(root, 'dist/bpf', `${probe}.bpf.o`);
const { probes } = parse(readFileSync(join(root, 'config/santabpf.yaml'), 'utf8')) as { probes: string[] };
const ofHooks = hookDescriptions.flatMap(sharedMaps);
const megabyte = 1e6;

describe('the maps of the default probes', () => {
  const bytesWith = (possibleCpus: number) => {
    const shared = new Set<string>();
    const all = probes.flatMap((probe) => {
      const object = new addon.BpfObject(objectOf(probe));
      fitMapSizes(object, possibleCpus, new Set());
      // Objects with handlers have these maps in common.
      const own = object.maps().filter(({ name }) => !shared.has(name));
      for (const { name } of own) if (ofHooks.includes(name)) shared.add(name);
      const maps = own.map((map) => mapBytes(map, possibleCpus));
      object.close();
      return maps;
    });
    return {
      atLoad: all.reduce((sum, { atLoad }) => sum + atLoad, 0),
      full: all.reduce((sum, { full }) => sum + full, 0),
    };
  };

  test.each([
    [2, 40, 60],
    [64, 64, 128],
    [256, 64, 128],
  ])('take with %i possible CPUs at most %i MB at load and %i MB when full', (cpus, atLoad, full) => {
    const bytes = bytesWith(cpus);
    expect(bytes.atLoad / megabyte).toBeLessThanOrEqual(atLoad);
    expect(bytes.full / megabyte).toBeLessThanOrEqual(full);
  });
});

describe('the loader', needs({ root: true, bpf: true }), () => {
  const loaded = async (maxEntries: Readonly<Record<string, number>>) => {
    const host = { ...inspectHost({ proc: '/proc', sys: '/sys' }), possibleCpus: 1024 };
    const context = { addon, host, btfPath: undefined, onLog: () => undefined };
    const names = { probe: 'told', object: objectOf('packet_drops') };
    const request = { ...names, alternatives: [], iterators: [], maxEntries, constants: [] };
    const object = new addon.BpfObject(names.object);
    for (const { name } of object.programs()) object.setAutoload(name, false);
    const probe = await KernelProbe.load(context, request, object);
    const sizes = [probe.map('drops').maxEntries, probe.map('unexplained').maxEntries];
    probe.close();
    return sizes;
  };

  test('gives per-CPU maps fewer entries on a host of many CPUs, and users the sizes they ask for', async () => {
    expect(await loaded({})).toEqual([leastEntries, leastEntries]);
    expect(await loaded({ drops: 5000 })).toEqual([5000, leastEntries]);
  });
});
