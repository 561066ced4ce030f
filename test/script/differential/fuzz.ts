/** Compares random scripts until one differs: see run.mjs. */
import { thisKernel } from '../../../src/script/resolve/running_kernel.js';
import { type Choices, RepeatedChoices, SeededChoices, shrunk } from './choices.js';
import { type Comparison, compareRuns } from './comparison.js';

const kernel = thisKernel();

export const compare = (choices: Choices): Promise<Comparison> => compareRuns(choices, kernel);

export interface Finding extends Comparison {
  readonly seed: number;
}

/**
 * The first script that differs; undefined: there is none from this seed on.
 * @param candidates how many smaller scripts are tried, once there is one
 */
export async function findDifference(
  seed: number,
  programs: number,
  candidates: number,
  progress: (done: number) => void,
): Promise<Finding | undefined> {
  let done = 0;
  let next = seed;
  let finding: Finding | undefined;
  const lane = async (): Promise<void> => {
    while (done < programs && finding === undefined) {
      const at = next++;
      const choices = new SeededChoices(at);
      const found = await compare(choices);
      done += found.programs;
      progress(done);
      if (found.difference === undefined || finding !== undefined) continue;
      finding = { ...found, seed: at };
      console.log(`Seed ${at} differs: looking for a smaller script`);
      const isSame = async (candidate: readonly number[]) => {
        const { difference, isRefused } = await compare(new RepeatedChoices(candidate));
        return difference !== undefined && isRefused === found.isRefused;
      };
      const smallest = await shrunk(choices.made, isSame, candidates);
      finding = { ...(await compare(new RepeatedChoices(smallest))), seed: at };
    }
  };
  // While the kernel checks one script, the next is compiled.
  await Promise.all([lane(), lane()]);
  return finding;
}
