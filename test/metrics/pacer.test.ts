import { describe, expect, it } from 'vitest';
import { Pacer } from '../../src/metrics/pacer.js';

describe('the pacer', () => {
  it('gives each of several waiters a slice of its own', async () => {
    let now = 0;
    const pacer = new Pacer(() => now, 5);
    const order: string[] = [];
    const work = async (name: string) => {
      for (let step = 0; step < 3; step++) {
        await pacer.pause();
        order.push(`${name} ${pacer.isDue}`);
        now += 5;
        expect(pacer.isDue).toBe(true);
      }
    };
    let turns = 0;
    const count = setInterval(() => turns++, 0);
    await Promise.all([work('a'), work('b')]);
    clearInterval(count);
    expect(order).toEqual(['a false', 'b false', 'a false', 'b false', 'a false', 'b false']);
  });
});
