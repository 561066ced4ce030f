import { expect, test } from 'vitest';
import { MergedStacks } from '../../src/stacks/merged_stacks.js';
import { rawStack } from './raw_stacks.js';

test('sums stacks with the same key', () => {
  const merged = new MergedStacks(10);
  merged.add([rawStack('a', 1), rawStack('b', 2)]);
  merged.add([rawStack('a', 4)]);
  expect(merged.samples().map(({ labels, value }) => [labels.command, value])).toEqual([
    ['a', 5],
    ['b', 2],
  ]);
  expect(merged.lost).toBe(0);
});

test('two processes with the same name and addresses stay apart', () => {
  const merged = new MergedStacks(10);
  merged.add([rawStack('a', 1, { pid: 1 }), rawStack('a', 2, { pid: 2 })]);
  expect(merged.samples().map(({ pid, value }) => [pid, value])).toEqual([
    [1, 1],
    [2, 2],
  ]);
});

test('counts what comes after the limit', () => {
  const merged = new MergedStacks(1);
  merged.add([rawStack('a', 1), rawStack('b', 2), rawStack('a', 3), rawStack('c', 5)]);
  expect(merged.samples().map(({ value }) => value)).toEqual([4]);
  expect(merged.lost).toBe(7);
});
