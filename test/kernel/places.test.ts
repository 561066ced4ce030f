import { describe, expect, test } from 'vitest';
import { fault } from '../../src/errors/fault.js';
import type { Link } from '../../src/kernel/addon.js';
import type { Hook } from '../../src/kernel/attach/kinds.js';
import { MAXIMUM_PLACES, Places } from '../../src/kernel/attach/places.js';
import { PlaceWatch } from '../../src/kernel/place_watch.js';

const hook = { program: 'count', section: 'uprobe' } as Hook;
const names = (count: number) => Array.from({ length: count }, (_, i) => `place ${i}`);

function places() {
  const attached: string[] = [];
  const tried: string[] = [];
  const attach = (key: string): Link[] => {
    tried.push(key);
    if (key === 'bad') throw fault('USER_HOOK_MISSING', { ...hook, problem: 'there is no such function' });
    if (key === 'denied') throw Object.assign(new Error(), { errno: 1, code: 'EPERM', operation: 'attach', log: '' });
    attached.push(key);
    return [{ detach: () => attached.splice(attached.indexOf(key), 1) } as unknown as Link];
  };
  const all = new Places(hook, 'a process "nginx"');
  return { all, attached, tried, follow: (...keys: string[]) => all.follow(new Set(keys), attach) };
}

describe('places that come and go', () => {
  test('have the program while they exist', () => {
    const { all, attached, tried, follow } = places();
    follow('a', 'b');
    follow('b', 'c');
    expect([attached, tried, all.attached, all.problem]).toEqual([['b', 'c'], ['a', 'b', 'c'], 2, undefined]);
    follow();
    expect(attached).toEqual([]);
    expect(all.problem?.message).toBe('Program "count" (uprobe) is not attached: it waits for a process "nginx"');
  });

  test('that fail are tried once, and the others are attached', () => {
    const { all, attached, tried, follow } = places();
    follow('bad', 'a');
    follow('bad', 'a');
    expect([attached, tried]).toEqual([['a'], ['bad', 'a']]);
    expect(all.problem?.message).toContain('there is no such function');
    follow('a', 'denied');
    expect(all.problem?.message).toBe(
      'Cannot attach program "count" (uprobe) to a process "nginx": the answer is EPERM',
    );
    follow('a');
    expect(all.problem).toBeUndefined();
  });

  test('are bounded', () => {
    const { all, attached, follow } = places();
    follow(...names(MAXIMUM_PLACES + 1));
    expect(attached).toHaveLength(MAXIMUM_PLACES);
    expect(all.problem?.code).toBe('HOOK_PLACES_FULL');
    follow(...names(MAXIMUM_PLACES + 1).slice(1));
    expect(attached).toHaveLength(MAXIMUM_PLACES);
    expect(all.problem).toBeUndefined();
  });
});

test('followers hear of processes at once and later, until they are removed', async () => {
  const watch = new PlaceWatch('/nowhere', 1);
  let calls = 0;
  const follower = { follow: () => void calls++ };
  watch.add(follower);
  expect(calls).toBe(1);
  await expect.poll(() => calls).toBeGreaterThan(2);
  watch.remove(follower);
  const before = calls;
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(calls).toBe(before);
});
