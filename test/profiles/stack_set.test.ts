import { describe, expect, it } from 'vitest';
import { frameName } from '../../src/profiles/frame_name.js';
import { StackSet } from '../../src/profiles/stack_set.js';
import { stackOf } from '../harness/fake_profiles.js';
import { givenUp, setOf, unhurried } from './work.js';

/** Each stack as text. */
function textOf(set: StackSet): string[] {
  return set.stacks.map(
    ({ labels, frames, value, before }) =>
      `${Object.values(labels).join()}: ${[...frames].map((frame) => frameName(set.table.frames[frame]!)).join(' ')} ${value} ${before}`,
  );
}

describe('a set of stacks', () => {
  it('adds up equal stacks, outermost frame first', async () => {
    const set = await setOf([stackOf('a', 'main;f', 1), stackOf('a', 'main;f', 2), stackOf('a', 'f;main', 4)]);
    expect(textOf(set)).toEqual(['a: main f 3 0', 'a: f main 4 0']);
    expect(set.totals).toEqual({ value: 7, before: 0 });
  });

  it('tells labels, modules and kernel from each other, but not the offsets of one function', async () => {
    const inner = stackOf('a', 'f', 1).frames[0]!;
    const offsets = [1, 2].map((offset) => ({ labels: { command: 'a' }, frames: [{ ...inner, offset }], value: 1 }));
    const set = await setOf([...offsets, stackOf('b', 'f', 1), stackOf('a', 'f@/lib/x', 1), stackOf('a', 'f@k', 1)]);
    expect(textOf(set)).toEqual(['a: f 2 0', 'b: f 1 0', 'a: f 1 0', 'a: f 1 0']);
  });

  it('tells the offsets of unknown functions from each other', async () => {
    const set = await setOf([stackOf('a', '0x10@/lib/x', 1), stackOf('a', '0x20@/lib/x', 1), stackOf('a', '0x10@', 1)]);
    expect(textOf(set)).toEqual(['a: x+0x10 1 0', 'a: x+0x20 1 0', 'a: [unknown] 1 0']);
  });

  it('does not take separators in names for ends of names', async () => {
    const labels = [{ x: 'a","y":"b' }, { x: 'a', y: 'b' }];
    const set = await setOf(labels.map((label) => stackOf('c', 'f', 1, label)));
    expect(set.stacks).toHaveLength(2);
  });

  it('keeps what matches a filter, and compares with an earlier profile', async () => {
    const set = new StackSet();
    const filter = new Map([
      ['command', ['a', 'b']],
      ['unit', ['u']],
    ]);
    const stacks = [
      stackOf('a', 'f', 1, { unit: 'u' }),
      stackOf('b', 'f', 2, { unit: 'u' }),
      stackOf('c', 'f', 4, { unit: 'u' }),
      stackOf('a', 'f', 8, { unit: 'v' }),
      stackOf('a', 'f', 16),
      stackOf('a', 'f', 0, { unit: 'u' }),
    ];
    await set.add({ stacks }, filter, unhurried());
    await set.addBefore({ stacks: [...stacks, stackOf('a', 'gone', 32, { unit: 'u' })] }, filter, unhurried(), 0.5);
    expect(textOf(set)).toEqual(['u,a: f 1 0.5', 'u,b: f 2 1', 'u,a: gone 0 16']);
    expect(set.totals).toEqual({ value: 3, before: 17.5 });
  });

  it('does not find labels that every object has', async () => {
    const set = new StackSet();
    await set.add({ stacks: [stackOf('a', 'f', 1)] }, new Map([['toString', ['x']]]), unhurried());
    expect(set.stacks).toEqual([]);
  });

  it('counts stacks above the limit as other, by their labels', async () => {
    const set = new StackSet(2);
    const stacks = ['f', 'g', 'h', 'i', 'f'].map((name) => stackOf('a', name, 1));
    await set.add({ stacks: [...stacks, stackOf('b', 'f', 1)] }, new Map(), unhurried());
    expect(textOf(set)).toEqual(['a: f 2 0', 'a: g 1 0', 'a: (other) 2 0', 'b: (other) 1 0']);
  });

  it('stops when nobody wants it any more', async () => {
    await expect(new StackSet().add({ stacks: [stackOf('a', 'f', 1)] }, new Map(), givenUp())).rejects.toThrow(
      'given up',
    );
  });
});
