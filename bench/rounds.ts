import { setTimeout as sleep } from 'node:timers/promises';
import type { State } from './states.js';

/** Time after a change of state until caches and the scheduler have settled. */
const settleMs = 300;

/**
 * Measures each state once a round. States take turns, and each takes each place in a round about equally often.
 * @returns by state, in their order: one result a round
 */
export async function inTurn<T>(states: readonly State[], rounds: number, measure: () => Promise<T>): Promise<T[][]> {
  const results: T[][] = states.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < states.length; turn++) {
      const index = (turn + round) % states.length;
      const end = await states[index]!.begin();
      try {
        await sleep(settleMs);
        results[index]!.push(await measure());
      } finally {
        await end();
      }
    }
  }
  return results;
}
