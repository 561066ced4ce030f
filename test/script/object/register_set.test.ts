import { describe, expect, it } from 'vitest';
import { RegisterSet } from '../../../src/script/object/register_set.js';
import { randomNumbers } from '../../harness/random.js';

describe('a set of registers', () => {
  it('has what a Set has', () => {
    const random = randomNumbers(7);
    const [own, known] = [RegisterSet.of(70), new Set<number>()];
    for (let step = 0; step < 500; step++) {
      const register = random(70);
      if (random(3) > 0) {
        own.add(register);
        known.add(register);
      } else {
        own.delete(register);
        known.delete(register);
      }
      const visited: number[] = [];
      own.each((each) => visited.push(each));
      expect(visited).toEqual([...known].sort((a, b) => a - b));
      expect(own.has(register)).toBe(known.has(register));
    }
  });

  it('says whether it has grown', () => {
    const [small, large] = [RegisterSet.of(64), RegisterSet.of(64)];
    for (const register of [0, 31, 32, 63]) large.add(register);
    small.add(31);
    const copy = small.copy();
    expect(large.addAll(small)).toBe(false);
    expect(small.addAll(large)).toBe(true);
    expect(small.addAll(large)).toBe(false);
    expect([0, 31, 32, 63].every((register) => small.has(register))).toBe(true);
    expect(copy.has(63)).toBe(false);
  });
});
