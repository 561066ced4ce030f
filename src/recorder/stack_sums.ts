import { setImmediate as pause } from 'node:timers/promises';
import type { Frame, ProfileStack } from '../stacks/profile.js';
import { frameKey } from './frame_key.js';

/** Stacks that are merged without a break: a millisecond or two. */
const sliceStacks = 200;

/** The frame that stands for all stacks beyond the limit. */
const others: Frame = { function: '[other stacks]', module: '', offset: 0, isKernel: false };

/**
 * Sums stacks with the same labels and functions. The place inside a function that has a name is given up: it would make many stacks
 * of one.
 */
export class StackSums {
  readonly #frames = new Map<string, { readonly id: number; readonly frame: Frame }>();
  readonly #sums = new Map<string, { readonly labels: ProfileStack['labels']; frames: Frame[]; value: number }>();

  /** Adds stacks, in slices. */
  async add(stacks: readonly ProfileStack[]): Promise<void> {
    for (const [i, { labels, frames, value }] of stacks.entries()) {
      if (i % sliceStacks === sliceStacks - 1) await pause();
      const known = frames.map((frame) => this.#known(frame));
      const key = `${known.map(({ id }) => id).join()} ${JSON.stringify(labels)}`;
      const sum = this.#sums.get(key);
      if (sum) sum.value += value;
      else this.#sums.set(key, { labels, frames: known.map(({ frame }) => frame), value });
    }
  }

  /**
   * The largest sums, largest first.
   * @param limit most stacks; the value of the others is that of one stack more, so the total is right
   */
  largest(limit: number): ProfileStack[] {
    const sorted = [...this.#sums.values()].sort((a, b) => b.value - a.value);
    const rest = sorted.slice(limit);
    if (rest.length === 0) return sorted;
    const value = rest.reduce((sum, one) => sum + one.value, 0);
    return [...sorted.slice(0, limit), { labels: {}, frames: [others], value }];
  }

  #known(frame: Frame): { id: number; frame: Frame } {
    const whole = frame.function === '' || frame.offset === 0 ? frame : { ...frame, offset: 0 };
    const key = frameKey(whole);
    let known = this.#frames.get(key);
    if (known === undefined) {
      known = { id: this.#frames.size, frame: whole };
      this.#frames.set(key, known);
    }
    return known;
  }
}
