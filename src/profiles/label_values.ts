import type { Profile } from '../stacks/profile.js';
import { forEachPaced, type Work } from './work.js';

/** Values of a label that are offered. */
const MOST_VALUES = 100;

/**
 * The labels of the stacks of a profile, each with its values that have most, in descending order. Rejects with the reason of the
 * signal.
 */
export async function labelValues(
  { stacks }: Pick<Profile, 'stacks'>,
  work: Work,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const sums = new Map<string, Map<string, number>>();
  await forEachPaced(stacks, work, ({ labels, value }) => {
    for (const [label, text] of Object.entries(labels)) {
      const ofLabel = sums.get(label) ?? new Map<string, number>();
      sums.set(label, ofLabel.set(text, (ofLabel.get(text) ?? 0) + value));
    }
  });
  return new Map([...sums].map(([label, ofLabel]) => [label, largest(ofLabel)]));
}

function largest(sums: ReadonlyMap<string, number>): readonly string[] {
  const sorted = [...sums].sort(([, one], [, other]) => other - one);
  return sorted.slice(0, MOST_VALUES).map(([text]) => text);
}
