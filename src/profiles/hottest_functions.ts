import type { Frame } from '../stacks/profile.js';
import type { StackSet } from './stack_set.js';
import { forEachPaced, type Work } from './work.js';

/** What was counted for a function, in the unit of the profile. */
export interface FunctionCost {
  readonly frame: Frame;
  /** While it ran itself. */
  self: number;
  /** While it, or what it called, ran. */
  total: number;
  selfBefore: number;
  totalBefore: number;
}

/**
 * The functions with the highest `self`, in descending order; with `byChange` those whose `self` has changed most. Rejects with
 * the reason of the signal.
 * @param most how many
 */
export async function hottestFunctions(
  set: StackSet,
  work: Work,
  { most, byChange }: { readonly most: number; readonly byChange: boolean },
): Promise<readonly FunctionCost[]> {
  const costs: FunctionCost[] = set.table.frames.map((frame) => ({
    frame,
    self: 0,
    total: 0,
    selfBefore: 0,
    totalBefore: 0,
  }));
  // The last stack in which a function was found: a recursive function counts once.
  const lastStack = new Int32Array(costs.length).fill(-1);
  let stackNumber = 0;
  await forEachPaced(set.stacks, work, ({ frames, value, before }) => {
    for (const frame of frames) {
      if (lastStack[frame] === stackNumber) continue;
      lastStack[frame] = stackNumber;
      costs[frame]!.total += value;
      costs[frame]!.totalBefore += before;
    }
    stackNumber++;
    const innermost = costs[frames.at(-1) ?? -1];
    if (innermost === undefined) return;
    innermost.self += value;
    innermost.selfBefore += before;
  });
  const weight = ({ self, selfBefore }: FunctionCost) => (byChange ? Math.abs(self - selfBefore) : self);
  const isBefore = (one: FunctionCost, other: FunctionCost) =>
    weight(one) > weight(other) || (weight(one) === weight(other) && one.total > other.total);
  const hottest: FunctionCost[] = [];
  await forEachPaced(costs, work, (cost) => {
    if (weight(cost) === 0 || (hottest.length === most && !isBefore(cost, hottest.at(-1)!))) return;
    const place = hottest.findIndex((other) => isBefore(cost, other));
    hottest.splice(place === -1 ? hottest.length : place, 0, cost);
    if (hottest.length > most) hottest.pop();
  });
  return hottest;
}
