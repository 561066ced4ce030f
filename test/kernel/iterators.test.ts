import { describe, expect, test } from 'vitest';
import type { BpfObject, Link } from '../../src/kernel/addon.js';
import { Iterators } from '../../src/kernel/iterators.js';
import { nativeError } from '../harness/fake_addon.js';

/** An object whose maps and iterators fail as told. */
function iteratorsThat(failures: { run?: Error; clear?: Error }): Iterators {
  const iterate = async () => {
    if (failures.run) throw failures.run;
    return 1000;
  };
  const empty = async () => {
    if (failures.clear) throw failures.clear;
  };
  const object = { map: () => ({ empty }) } as unknown as BpfObject;
  const link = { iterate } as unknown as Link;
  const attached = [
    { name: 'count', section: 'tp_btf/sys_enter', link },
    { name: 'list', section: 'iter/task', link },
  ];
  return new Iterators(object, attached, [{ program: 'list', fills: ['tasks'] }]);
}

describe('iterators', () => {
  test('are the attached programs that the kernel runs as such', async () => {
    expect(iteratorsThat({}).names()).toEqual(['list']);
    expect(await iteratorsThat({}).run()).toEqual([{ program: 'list', nanoseconds: 1000 }]);
  });

  test.each([
    ['ENOSPC', /^This scrape has no metrics of the probe/],
    ['EAGAIN', /^Return 0 from the program/],
  ])('fail with %s and a remedy', async (code, remedy) => {
    await expect(iteratorsThat({ run: nativeError(code, 'run iterator') }).run()).rejects.toMatchObject({
      code: 'ITERATOR_FAILED',
      message: `Iterator "list" (iter/task) stopped before its end: ${code}`,
      remedy: expect.stringMatching(remedy),
    });
  });

  test('in the background run once, at the start', async () => {
    let runs = 0;
    const link = { iterate: async () => ++runs } as unknown as Link;
    const attached = [{ name: 'walk', section: 'iter/task_file', link }];
    const iterators = new Iterators({} as BpfObject, attached, [{ program: 'walk', fills: [], background: true }]);
    expect(runs).toBe(1);
    expect(iterators.names()).toEqual(['walk']);
    expect(await iterators.run()).toEqual([{ program: 'walk', nanoseconds: 1 }]);
    expect(await iterators.run()).toEqual([]);
    expect(runs).toBe(1);
  });

  test('do not run if a map cannot be cleared', async () => {
    await expect(iteratorsThat({ clear: nativeError('EBUSY', 'empty map') }).run()).rejects.toMatchObject({
      code: 'MAP_NOT_CLEARED',
      message: 'Cannot clear map "tasks" before iterator "list" (iter/task) runs: EBUSY',
    });
  });
});
