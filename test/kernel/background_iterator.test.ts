import { describe, expect, test } from 'vitest';
import { BackgroundIterator } from '../../src/kernel/background_iterator.js';
import type { IteratorRun } from '../../src/kernel/iterators.js';

/** An iterator whose runs end when told, and a clock. */
class Walks {
  time = 0;
  readonly #ends: ((run: IteratorRun | Error) => void)[] = [];
  readonly iterator = new BackgroundIterator(
    () =>
      new Promise((resolve, reject) => {
        this.#ends.push((run) => (run instanceof Error ? reject(run) : resolve(run)));
      }),
    () => this.time,
  );

  get started(): number {
    return this.#ends.length;
  }

  async end(outcome: IteratorRun | Error): Promise<void> {
    this.#ends.at(-1)!(outcome);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const run: IteratorRun = { program: 'walk', nanoseconds: 7 };

describe('an iterator in the background', () => {
  test('starts by itself, and the first scrape reports the run if it ends in time', async () => {
    const walks = new Walks();
    expect(walks.started).toBe(1);
    const first = walks.iterator.refresh();
    await walks.end(run);
    expect(await first).toEqual([run]);
    expect(await walks.iterator.refresh()).toEqual([]);
  });

  test('does not hold up a scrape, and is not started twice', async () => {
    const walks = new Walks();
    expect(await walks.iterator.refresh()).toEqual([]);
    walks.time = 1e9;
    expect(await walks.iterator.refresh()).toEqual([]);
    expect(walks.started).toBe(1);
    await walks.end(run);
    expect(await walks.iterator.refresh()).toEqual([run]);
  });

  test.each([
    ['a minute later', 10, 60_000],
    ['500 times its length later', 5800, 2_900_000],
  ])('runs again %s', async (_, length, pause) => {
    const walks = new Walks();
    walks.time = length;
    await walks.end(run);
    walks.time += pause - 1;
    await walks.iterator.refresh();
    expect(walks.started).toBe(1);
    walks.time += 1;
    await walks.iterator.refresh();
    expect(walks.started).toBe(2);
  });

  test('fails one scrape, and is tried again', async () => {
    const walks = new Walks();
    await walks.end(new Error('EIO'));
    await expect(walks.iterator.refresh()).rejects.toThrow('EIO');
    walks.time = 60_000;
    expect(await walks.iterator.refresh()).toEqual([]);
    expect(walks.started).toBe(2);
  });
});
