import { recordedMs } from '../../profiles/amounts.js';
import { flameTree } from '../../profiles/flame_tree.js';
import { hottestFunctions } from '../../profiles/hottest_functions.js';
import { labelValues } from '../../profiles/label_values.js';
import { StackSet } from '../../profiles/stack_set.js';
import type { Work } from '../../profiles/work.js';
import type { Profile, ProfileSource } from '../../stacks/profile.js';
import { flamePage } from './flame_page.js';
import type { ProfileFacts } from './flame_view.js';
import { type CompressedBody, gzipped } from './profile_body.js';
import type { FlameQuery } from './profile_query.js';

export { sendCompressed } from './profile_body.js';

/** Functions in the table of the page. */
const FUNCTIONS = 50;

/**
 * The page of a flame graph, compressed. Rejects with the reason of the signal.
 * @throws SantaError of the source, PROFILE_TOO_LARGE
 */
export async function flameAnswer(source: ProfileSource, query: FlameQuery, work: Work): Promise<CompressedBody> {
  const set = new StackSet();
  const profile = await source.recorded(query.kind, query.from, query.to);
  await set.add(profile, query.filter, work);
  const labels = await labelValues(profile, work);
  const hostTotal = profile.stacks.reduce((total, { value }) => total + value, 0);
  const facts = factsOf(profile);
  const before = await addBefore(source, query, facts, set, work);
  const hottest = await hottestFunctions(set, work, { most: FUNCTIONS, byChange: before !== undefined });
  const tree = await flameTree(set, work);
  const view = { query, profile: facts, before, totals: set.totals, hostTotal, tree, hottest, labels };
  return await gzipped(oneChunk(flamePage(view)));
}

async function addBefore(
  source: ProfileSource,
  { kind, from, to, filter, diffMs }: FlameQuery,
  after: ProfileFacts,
  set: StackSet,
  work: Work,
): Promise<ProfileFacts | undefined> {
  if (diffMs === undefined) return undefined;
  const profile = await source.recorded(kind, from - diffMs, to - diffMs);
  const length = recordedMs(profile);
  await set.addBefore(profile, filter, work, length === 0 ? 1 : recordedMs(after) / length);
  return factsOf(profile);
}

function factsOf({ stacks: _, ...facts }: Profile): ProfileFacts {
  return facts;
}

async function* oneChunk(page: string): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.from(page);
}
