import { Pacer } from '../../src/metrics/pacer.js';
import { StackSet } from '../../src/profiles/stack_set.js';
import type { Work } from '../../src/profiles/work.js';
import type { ProfileStack } from '../../src/stacks/profile.js';

/** Work that nobody gives up. */
export function unhurried(): Work {
  return { pacer: new Pacer(() => performance.now()), signal: new AbortController().signal };
}

/** Work whose every slice is used up at once, and that is given up already. */
export function givenUp(): Work {
  return { pacer: new Pacer(() => Number.POSITIVE_INFINITY), signal: AbortSignal.abort(new Error('given up')) };
}

/** A set of some stacks. */
export async function setOf(stacks: readonly ProfileStack[], before: readonly ProfileStack[] = []): Promise<StackSet> {
  const set = new StackSet();
  await set.add({ stacks }, new Map(), unhurried());
  await set.addBefore({ stacks: before }, new Map(), unhurried(), 1);
  return set;
}
