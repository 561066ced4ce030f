import type { Pacer } from '../metrics/pacer.js';

/** How long work on a profile goes on: in slices, until nobody wants the result. */
export interface Work {
  readonly pacer: Pacer;
  readonly signal: AbortSignal;
}

/** Items between two looks at the clock: one look costs less than the work on an item. */
const ITEMS_PER_LOOK = 16;

/**
 * The items of a list, with pauses for the event loop between them.
 * @throws the reason of the signal, at a pause
 */
export async function forEachPaced<T>(items: Iterable<T>, work: Work, use: (item: T) => void): Promise<void> {
  let count = 0;
  for (const item of items) {
    if (count++ % ITEMS_PER_LOOK === 0 && work.pacer.isDue) await pause(work);
    use(item);
  }
}

/** Lets the event loop run. @throws the reason of the signal */
export async function pause({ pacer, signal }: Work): Promise<void> {
  await pacer.pause();
  signal.throwIfAborted();
}
