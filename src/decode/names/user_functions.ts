import type { UserStack } from '../context.js';
import { perContext } from '../per_context.js';
import { BatchLookup } from './batch_lookup.js';

/** A label is decoded once: names are looked up again only for a row that waits for its series, or returns. */
const keepMs = 60_000;

/** Most stacks that are looked up at once: the others wait for the next batch. */
const batchStacks = 256;

/** The functions of the stacks that were wanted during the last minute, innermost first. */
class UserFunctions {
  readonly #names: BatchLookup<string, readonly string[]>;

  constructor(
    find: (stacks: readonly UserStack[]) => Promise<readonly (readonly string[])[]>,
    later: (milliseconds: number, callback: () => void) => void,
  ) {
    this.#names = new BatchLookup((keys) => findAll(keys, find), { expire: (forget) => later(keepMs, forget) });
  }

  want(stack: UserStack): void {
    this.#names.want(keyOf(stack));
  }

  /** Undefined for a stack that was not loaded. */
  of(stack: UserStack): readonly string[] | undefined {
    return this.#names.get(keyOf(stack));
  }

  load(): Promise<void> | undefined {
    return this.#names.load();
  }
}

async function findAll(
  keys: readonly string[],
  find: (stacks: readonly UserStack[]) => Promise<readonly (readonly string[])[]>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (let from = 0; from < keys.length; from += batchStacks) {
    const batch = keys.slice(from, from + batchStacks);
    const names = await find(batch.map(stackOf));
    for (const [index, key] of batch.entries()) found.set(key, names[index] ?? []);
  }
  return found;
}

/** Equal for equal stacks of one process. */
function keyOf({ pid, addresses }: UserStack): string {
  return [pid, ...addresses].join(' ');
}

function stackOf(key: string): UserStack {
  const [pid, ...addresses] = key.split(' ');
  return { pid: Number(pid), addresses: addresses.map(BigInt) };
}

export const userFunctions = perContext(
  (context) =>
    new UserFunctions(
      (stacks) => context.userFunctions(stacks),
      (milliseconds, callback) => context.later(milliseconds, callback),
    ),
);
