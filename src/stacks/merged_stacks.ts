import type { StackSample } from './profile.js';
import type { RawStack } from './stack_reader.js';

/** Stacks of several collections, summed by their key. Holds a limited number of them. */
export class MergedStacks {
  readonly #limit: number;
  readonly #stacks = new Map<string, { stack: RawStack; value: number }>();
  #lost = 0;

  /** @param limit most different stacks */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(stacks: readonly RawStack[]): void {
    for (const stack of stacks) {
      const merged = this.#stacks.get(stack.key);
      if (merged !== undefined) merged.value += stack.value;
      else if (this.#stacks.size < this.#limit) this.#stacks.set(stack.key, { stack, value: stack.value });
      else this.#lost += stack.value;
    }
  }

  /** Sum of the values that came after the limit. */
  get lost(): number {
    return this.#lost;
  }

  samples(): StackSample[] {
    return [...this.#stacks.values()].map(({ stack, value }) => ({ ...stack, value }));
  }
}
