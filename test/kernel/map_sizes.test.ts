import { describe, expect, it } from 'vitest';
import type { BpfObject, MapDescription } from '../../src/kernel/addon.js';
import { affordableEntries, fitMapSizes, leastEntries, valueBytesPerMap } from '../../src/kernel/map_sizes.js';

const histogramBytes = 304;

describe('affordableEntries', () => {
  it.each([
    // [possible CPUs, bytes of a value, entries of the object, entries that fit]
    [2, 8, 4096, 4096],
    [64, 8, 4096, 4096],
    [65, 8, 4096, 4032],
    [256, 8, 4096, 1024],
    [256, 5, 4096, 1024],
    [256, 24, 4096, 341],
    [256, histogramBytes, 4096, leastEntries],
    [1024, 8, 4096, 256],
    [1024, 8, 16, 16],
    [8192, 8, 4096, leastEntries],
  ])('%i CPUs, values of %i bytes: of %i entries %i', (cpus, valueSize, maxEntries, expected) => {
    expect(affordableEntries({ valueSize, maxEntries }, cpus)).toBe(expected);
  });

  it('spends the whole budget, and no more, wherever more than the least entries fit', () => {
    for (let cpus = 1; cpus <= 1024; cpus++) {
      for (const valueSize of [8, 16, 24, 40]) {
        const entries = affordableEntries({ valueSize, maxEntries: 2 ** 31 }, cpus);
        const bytes = valueSize * cpus;
        expect(entries).toBeGreaterThanOrEqual(leastEntries);
        expect((entries + 1) * bytes).toBeGreaterThan(valueBytesPerMap);
        if (entries > leastEntries) expect(entries * bytes).toBeLessThanOrEqual(valueBytesPerMap);
      }
    }
  });
});

describe('fitMapSizes', () => {
  const resized = (maps: readonly Partial<MapDescription>[], chosen: readonly string[] = []) => {
    const calls: [string, number][] = [];
    const all = maps.map((map) => ({ typeName: 'percpu_hash', valueSize: 8, maxEntries: 4096, ...map }));
    const object = { maps: () => all, setMaxEntries: (name: string, entries: number) => calls.push([name, entries]) };
    fitMapSizes(object as unknown as BpfObject, 256, new Set(chosen));
    return calls;
  };
  const companion = { name: 'counts_other', typeName: 'percpu_array', maxEntries: 1 };

  it('makes a per-CPU hash smaller that counts what does not fit', () => {
    expect(resized([{ name: 'counts' }, companion])).toEqual([['counts', 1024]]);
    expect(resized([{ name: 'counts', typeName: 'lru_percpu_hash' }, companion])).toEqual([['counts', 1024]]);
  });

  it('leaves a map that fits', () => {
    expect(resized([{ name: 'counts', maxEntries: 1024 }, companion])).toEqual([]);
  });

  it('leaves a map that would lose what does not fit', () => {
    expect(resized([{ name: 'counts' }])).toEqual([]);
  });

  it('leaves values that all CPUs share, and arrays', () => {
    expect(resized([{ name: 'counts', typeName: 'hash' }, companion])).toEqual([]);
    expect(resized([{ name: 'counts', typeName: 'percpu_array' }, companion])).toEqual([]);
  });

  it('leaves a size that the user chose', () => {
    expect(resized([{ name: 'counts' }, companion], ['counts'])).toEqual([]);
  });
});
