import type { ProfileStack } from '../stacks/profile.js';

/** Label values that a stack may have, by label. Labels that are absent may have any value. */
export type LabelFilter = ReadonlyMap<string, readonly string[]>;

/** Whether each label of the filter has one of its values. A stack without such a label does not match. */
export function matches({ labels }: Pick<ProfileStack, 'labels'>, filter: LabelFilter): boolean {
  for (const [label, values] of filter) {
    if (!Object.hasOwn(labels, label) || !values.includes(labels[label]!)) return false;
  }
  return true;
}
