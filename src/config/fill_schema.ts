/** `maps.NAME.fill`: entries that a map has before its programs run. What they mean depends on the types of the map: see src/probes/map_fills.ts. */
import { z } from 'zod';
import { mustBe, mustListOne } from './sentences.js';

const maximumEntries = 65_536;

const entryError = mustBe('a key, or a mapping such as { key: 5, value: 1 }');
const scalar = z.union([z.boolean(), z.int(), z.bigint(), z.string().max(4096, entryError)], { error: entryError });
/** A name that is looked up, `{ cgroup: PATH }`, or fields of a struct. */
const named = z.record(z.string(), scalar, { error: entryError });
const part = z.union([scalar, z.record(z.string(), z.union([scalar, named], { error: entryError }))], {
  error: entryError,
});
const entry = z.union([scalar, z.record(z.string(), part)], { error: entryError });

const fillError = mustBe('a list of keys, or a mapping of keys to values');

export const fill = z.union(
  [
    z
      .array(entry)
      .min(1, mustListOne('entry'))
      .max(maximumEntries, mustBe(`a list of at most ${maximumEntries} entries`)),
    z.record(z.string(), part),
  ],
  { error: fillError },
);

export type FillScalar = z.output<typeof scalar>;
/** A key or value: a number or text, a name to look up, or a struct by its fields. */
export type FillPart = z.output<typeof part>;
export type FillSpec = z.output<typeof fill>;
