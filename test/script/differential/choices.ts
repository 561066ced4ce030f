/** Choices that can be made again: as they were, or fewer and smaller ones. */
export interface Choices {
  /** 0 to `limit` - 1. The smaller, the simpler is what it stands for. */
  below(limit: number): number;
  of<Item>(items: readonly Item[]): Item;
}

/** Numbers in a repeatable order, kept in `made`. */
export class SeededChoices implements Choices {
  readonly made: number[] = [];
  #state: number;

  constructor(seed: number) {
    // A small seed has few bits that are set.
    this.#state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  }

  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    const choice = (this.#state >>> 0) % limit;
    this.made.push(choice);
    return choice;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

/** Choices that were made before; after the last one each is 0. */
export class RepeatedChoices implements Choices {
  #next = 0;

  constructor(private readonly made: readonly number[]) {}

  below(limit: number): number {
    return Math.min(this.made[this.#next++] ?? 0, limit - 1);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

const longestSearchMs = 120_000;

/**
 * The shortest choices found that still fail: parts are left out, and numbers become 0.
 * @param most how many candidates are tried, within two minutes
 */
export async function shrunk(
  made: readonly number[],
  fails: (candidate: readonly number[]) => Promise<boolean>,
  most: number,
): Promise<readonly number[]> {
  const end = performance.now() + longestSearchMs;
  let best = made;
  let tries = 0;
  for (
    let size = Math.ceil(best.length / 2);
    size >= 1 && tries < most && performance.now() < end;
    size = Math.floor(size / 2)
  ) {
    for (let at = 0; at < best.length && tries < most && performance.now() < end; ) {
      const after = at + size;
      const shorter = [...best.slice(0, at), ...best.slice(after)];
      const simpler = best.map((choice, index) => (index >= at && index < after ? 0 : choice));
      tries += 2;
      if (await fails(shorter)) best = shorter;
      else {
        if (simpler.some((choice, index) => choice !== best[index]) && (await fails(simpler))) best = simpler;
        at = after;
      }
    }
  }
  return best;
}
