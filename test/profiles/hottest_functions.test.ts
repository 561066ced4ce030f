import { describe, expect, it } from 'vitest';
import { hottestFunctions } from '../../src/profiles/hottest_functions.js';
import { labelValues } from '../../src/profiles/label_values.js';
import { stackOf } from '../harness/fake_profiles.js';
import { setOf, unhurried } from './work.js';

describe('the hottest functions', () => {
  it('have what they took themselves, and with what they called', async () => {
    const set = await setOf([stackOf('a', 'main;f', 5), stackOf('b', 'main;f;g', 3), stackOf('a', 'main', 1)]);
    const hottest = await hottestFunctions(set, unhurried(), { most: 10, byChange: false });
    expect(hottest.map(({ frame, self, total }) => [frame.function, self, total])).toEqual([
      ['f', 5, 8],
      ['g', 3, 3],
      ['main', 1, 9],
    ]);
  });

  it('count once in a recursion, and not at all without time of their own', async () => {
    const set = await setOf([stackOf('a', 'main;f;f;g;f', 2)]);
    const hottest = await hottestFunctions(set, unhurried(), { most: 10, byChange: false });
    expect(hottest.map(({ frame, self, total }) => [frame.function, self, total])).toEqual([['f', 2, 2]]);
  });

  it('are limited in number, and in order of change if asked for', async () => {
    const before = [stackOf('a', 'same', 50), stackOf('a', 'gone', 9), stackOf('a', 'less', 8)];
    const set = await setOf([stackOf('a', 'same', 50), stackOf('a', 'new', 3), stackOf('a', 'less', 1)], before);
    const hottest = await hottestFunctions(set, unhurried(), { most: 3, byChange: true });
    expect(hottest.map(({ frame, self, selfBefore }) => [frame.function, self, selfBefore])).toEqual([
      ['gone', 0, 9],
      ['less', 1, 8],
      ['new', 3, 0],
    ]);
    expect(await hottestFunctions(set, unhurried(), { most: 1, byChange: false })).toHaveLength(1);
  });
});

describe('the values of labels', () => {
  it('are in the order of what was counted for them, and limited in number', async () => {
    const many = Array.from({ length: 150 }, (_, index) => stackOf(`c${index}`, 'f', 1));
    const stacks = [stackOf('a', 'f', 2, { unit: 'u' }), stackOf('b', 'f', 5), ...many, stackOf('a', 'g', 4)];
    const values = await labelValues({ stacks }, unhurried());
    expect([...values.keys()]).toEqual(['unit', 'command']);
    expect(values.get('unit')).toEqual(['u']);
    expect(values.get('command')!.slice(0, 3)).toEqual(['a', 'b', 'c0']);
    expect(values.get('command')).toHaveLength(100);
  });
});
