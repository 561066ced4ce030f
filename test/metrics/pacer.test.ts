import { describe, expect, it } from 'vitest';
import { entriesPerLook, Pacer } from '../../src/metrics/pacer.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

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
    await Promise.all([work('a'), work('b')]);
    expect(order).toEqual(['a false', 'b false', 'a false', 'b false', 'a false', 'b false']);
  });

  it('resumes one waiter per turn of the event loop', async () => {
    const pacer = new Pacer(() => 0, 5);
    const resumed: string[] = [];
    for (const name of ['a', 'b', 'c']) void pacer.pause().then(() => resumed.push(name));
    const seen: string[] = [];
    for (let index = 0; index < 4; index++) {
      seen.push(resumed.join(''));
      await turn();
    }
    expect(seen).toEqual(['', 'a', 'ab', 'abc']);
  });

  it('is due before the first pause, and again as soon as the slice is used up', async () => {
    let now = 100;
    const pacer = new Pacer(() => now, 5);
    expect(pacer.isDue).toBe(true);
    await pacer.pause();
    expect(pacer.isDue).toBe(false);
    now = 104;
    expect(pacer.isDue).toBe(false);
    now = 105;
    expect(pacer.isDue).toBe(true);
    for (let index = 0; index < 3; index++) await turn();
    expect(pacer.isDue).toBe(true);
  });
});

it.each([
  [8, 1024],
  [64, 512],
  [8 * 256, 16],
  [216 * 256, 1],
])('entries of %i bytes are read %i at a time', (stride, entries) => {
  expect(entriesPerLook(stride, 1024)).toBe(entries);
});
