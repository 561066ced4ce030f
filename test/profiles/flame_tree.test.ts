import { describe, expect, it } from 'vitest';
import { type FlameNode, flameTree } from '../../src/profiles/flame_tree.js';
import { stackOf } from '../harness/fake_profiles.js';
import { givenUp, setOf, unhurried } from './work.js';

/** A tree as text: `name value[/before](children)`. */
function textOf({ name, value, before, children }: FlameNode): string {
  const numbers = before === 0 ? `${value}` : `${value}/${before}`;
  return `${name} ${numbers}${children.length > 0 ? `(${children.map(textOf).join(', ')})` : ''}`;
}

function countOf({ children }: FlameNode): number {
  return children.reduce((count, child) => count + countOf(child), 1);
}

describe('the tree of a flame graph', () => {
  it('has a level for each label, then the frames, the largest first', async () => {
    const set = await setOf([
      stackOf('a', 'main;f', 1, { unit: 'u' }),
      stackOf('a', 'main;g', 3, { unit: 'u' }),
      stackOf('a', 'main', 2, { unit: 'u' }),
      stackOf('b', 'main', 4, { unit: 'u' }),
    ]);
    expect(textOf(await flameTree(set, unhurried()))).toBe('all 10(u 10(a 6(main 6(g 3, f 1)), b 4(main 4)))');
  });

  it('knows the kinds and origins of nodes', async () => {
    const set = await setOf([stackOf('a', 'main;tick@j;read@k', 1)]);
    const kinds: string[] = [];
    for (let node: FlameNode | undefined = await flameTree(set, unhurried()); node; node = node.children[0])
      kinds.push(`${node.kind} ${node.origin}`);
    expect(kinds).toEqual(['root ', 'label command', 'user /usr/bin/app', 'jit [jit]', 'kernel [kernel]']);
  });

  it('does not join a label and a function of one name', async () => {
    const set = await setOf([{ ...stackOf('a', 'a', 1), labels: {} }, stackOf('a', 'b', 1)]);
    expect(textOf(await flameTree(set, unhurried()))).toBe('all 2(a 1, a 1(b 1))');
  });

  it('adds up what is below a thousandth of the whole', async () => {
    const small = Array.from({ length: 20 }, (_, index) => stackOf('a', `main;small${index};deep`, 1));
    const set = await setOf([stackOf('a', 'main;big', 99_980), ...small]);
    expect(textOf(await flameTree(set, unhurried()))).toBe('all 100000(a 100000(main 100000(big 99980, (other) 20)))');
  });

  it('shows what has gone', async () => {
    const set = await setOf([stackOf('a', 'main;f', 3)], [stackOf('a', 'main;f', 1), stackOf('a', 'main;gone', 5)]);
    expect(textOf(await flameTree(set, unhurried()))).toBe('all 3/6(a 3/6(main 3/6(f 3/1, gone 0/5)))');
  });

  it('has a bounded number of nodes, and loses no sample', async () => {
    const stacks = Array.from({ length: 300 }, (_, index) => stackOf('a', `main;f${index};g;h;i`, 1 + (index % 7)));
    const tree = await flameTree(await setOf(stacks), unhurried(), 100);
    expect(countOf(tree)).toBeLessThanOrEqual(200);
    const [main] = tree.children[0]!.children;
    expect(main!.children.length).toBeGreaterThan(0);
    expect(main!.children.reduce((sum, { value }) => sum + value, 0)).toBe(tree.value);
    expect(tree.value).toBe(stacks.reduce((sum, { value }) => sum + value, 0));
  });

  it('of no stack is its root', async () => {
    expect(textOf(await flameTree(await setOf([]), unhurried()))).toBe('all 0');
  });

  it('stops when nobody wants it any more', async () => {
    await expect(flameTree(await setOf([stackOf('a', 'f', 1)]), givenUp())).rejects.toThrow('given up');
  });
});
