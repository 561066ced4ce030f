import { expect, test } from 'vitest';
import { StackSums } from '../../src/recorder/stack_sums.js';
import { inKernel, named, stack } from './profiles.js';

async function sums(...lists: ReturnType<typeof stack>[][]) {
  const all = new StackSums();
  for (const list of lists) await all.add(list);
  return all;
}

test('sums stacks with the same labels and functions, largest first', async () => {
  const all = await sums(
    [stack('a', [named('f', 4), named('main', 8)], 1), stack('b', [named('f', 4), named('main', 8)], 2)],
    [stack('a', [named('f', 5), named('main', 8)], 4)],
  );
  expect(all.largest(10)).toEqual([
    stack('a', [named('f'), named('main')], 5),
    stack('b', [named('f'), named('main')], 2),
  ]);
});

test('what has no name keeps its place', async () => {
  const at = (offset: number) => ({ ...named('', offset) });
  const all = await sums([stack('a', [at(1)], 1), stack('a', [at(2)], 1), stack('a', [at(1)], 1)]);
  expect(all.largest(10)).toEqual([stack('a', [at(1)], 2), stack('a', [at(2)], 1)]);
});

test('a function of the kernel is not one of the program', async () => {
  const all = await sums([stack('a', [inKernel('f')], 1), stack('a', [{ ...inKernel('f'), isKernel: false }], 1)]);
  expect(all.largest(10)).toHaveLength(2);
});

test('the total is right beyond the limit', async () => {
  const all = await sums(Array.from({ length: 1000 }, (_, i) => stack('a', [named(`f${i}`)], i)));
  const largest = all.largest(3);
  expect(largest.map(({ frames, value }) => [frames[0]!.function, value])).toEqual([
    ['f999', 999],
    ['f998', 998],
    ['f997', 997],
    ['[other stacks]', (996 * 997) / 2],
  ]);
});
