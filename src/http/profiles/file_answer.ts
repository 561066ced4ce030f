import { foldedText } from '../../profiles/folded.js';
import { pprofMessage } from '../../profiles/pprof.js';
import { StackSet } from '../../profiles/stack_set.js';
import type { Work } from '../../profiles/work.js';
import type { Profile, ProfileKind, ProfileSource } from '../../stacks/profile.js';
import type { ProfileFacts } from './flame_view.js';
import { type CompressedBody, gzipped } from './profile_body.js';
import type { FileQuery } from './profile_query.js';

export { sendCompressed, sendFile } from './profile_body.js';

/**
 * A profile as a compressed file: the collected one, or what was recorded. Rejects with the reason of the signal.
 * @throws SantaError of the source, PROFILE_TOO_LARGE
 */
export async function fileAnswer(
  source: ProfileSource,
  kind: ProfileKind,
  { source: asked, format }: FileQuery,
  work: Work,
  collected: Profile | undefined,
): Promise<{ readonly body: CompressedBody; readonly profile: ProfileFacts }> {
  const profile = 'seconds' in asked ? collected! : await source.recorded(kind, asked.from, asked.to);
  const set = new StackSet();
  await set.add(profile, asked.filter, work);
  const parts = format === 'folded' ? foldedText(set, work) : pprofMessage(profile, set, work);
  return { body: await gzipped(parts), profile };
}
