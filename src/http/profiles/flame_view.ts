import type { FlameNode } from '../../profiles/flame_tree.js';
import type { FunctionCost } from '../../profiles/hottest_functions.js';
import type { Profile } from '../../stacks/profile.js';
import type { FlameQuery } from './profile_query.js';

/** A profile without its stacks. */
export type ProfileFacts = Omit<Profile, 'stacks'>;

/** Everything that the page of a flame graph shows. */
export interface FlameView {
  readonly query: FlameQuery;
  readonly profile: ProfileFacts;
  /** The profile to compare with. Its numbers are scaled to the length of the record of the other one. */
  readonly before: ProfileFacts | undefined;
  /** What matches, in the unit of the profile. */
  readonly totals: { readonly value: number; readonly before: number };
  /** What was recorded of the whole host. */
  readonly hostTotal: number;
  readonly tree: FlameNode;
  readonly hottest: readonly FunctionCost[];
  /** The values that each label has. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}
