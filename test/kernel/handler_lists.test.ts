import { describe, expect, test } from 'vitest';
import { HANDLERS_OF_AN_EVENT, HandlerLists } from '../../src/kernel/handler_lists.js';

const [NOTHING, SUCCEEDED, FAILED, BOTH] = [0, 1, 2, 3];

/** The places of a kind, for calls that succeeded and for those that failed. */
function placesOf(lists: HandlerLists, kind: number): number[][] {
  const bytes = [...lists.of(kind)];
  const halves = [bytes.slice(0, HANDLERS_OF_AN_EVENT), bytes.slice(HANDLERS_OF_AN_EVENT)];
  return halves.map((half) => {
    const end = half.indexOf(0);
    expect(half.slice(end < 0 ? HANDLERS_OF_AN_EVENT : end).every((byte) => byte === 0)).toBe(true);
    return end < 0 ? half : half.slice(0, end);
  });
}

describe('lists of handlers', () => {
  test('have each handler at the calls and results that it wants, ascending', () => {
    const lists = new HandlerLists(4, 2);
    expect(lists.add(5, Uint8Array.of(NOTHING, SUCCEEDED, FAILED, BOTH))).toEqual([1, 2, 3]);
    expect(lists.add(2, Uint8Array.of(BOTH, NOTHING, BOTH, BOTH))).toEqual([0, 2, 3]);
    expect([0, 1, 2, 3].map((kind) => placesOf(lists, kind))).toEqual([
      [[2], [2]],
      [[5], []],
      [[2], [2, 5]],
      [
        [2, 5],
        [2, 5],
      ],
    ]);
    expect(lists.of(0)).toHaveLength(2 * HANDLERS_OF_AN_EVENT);
  });

  test('keep the others when a handler leaves', () => {
    const lists = new HandlerLists(2, 2);
    for (const place of [9, 3, 7]) lists.add(place, Uint8Array.of(BOTH, NOTHING));
    expect(lists.remove(7)).toEqual([0]);
    expect(placesOf(lists, 0)).toEqual([
      [3, 9],
      [3, 9],
    ]);
    expect(lists.remove(7)).toEqual([]);
  });

  test('refuse a handler as a whole when one list is full', () => {
    const lists = new HandlerLists(2, 2);
    for (let place = 1; place <= HANDLERS_OF_AN_EVENT; place++) lists.add(place, Uint8Array.of(NOTHING, FAILED));
    expect(lists.add(20, Uint8Array.of(SUCCEEDED, BOTH))).toBeUndefined();
    expect(placesOf(lists, 0)).toEqual([[], []]);
    expect(lists.add(20, Uint8Array.of(SUCCEEDED, SUCCEEDED))).toEqual([0, 1]);
  });
});
