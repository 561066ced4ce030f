import { nearest } from '../../nearest.js';
import type { Place } from '../syntax/tree.js';

/** What is wrong at a place of a script. `compileScript` turns it into a fault with line and column. */
export class ScriptProblem extends Error {
  /**
   * @param problem what is wrong, without a final period
   * @param remedy what to do, as sentences
   */
  constructor(
    readonly place: Place,
    readonly problem: string,
    readonly remedy: string,
  ) {
    super(problem);
  }
}

/** A hook that this kernel lacks: `missing_probes` says whether the script can do without it. */
export class MissingHook extends ScriptProblem {}

const mostListed = 40;

/** A name that does not exist: the remedy is the nearest one, or the list of those that exist. */
export function unknownName(
  place: Place,
  what: string,
  name: string,
  known: readonly string[],
  list: string,
): ScriptProblem {
  const similar = nearest(name, known);
  const more = known.length > mostListed ? `, and ${known.length - mostListed} more` : '';
  const names =
    known.length === 0 ? `There are no ${list}.` : `The ${list} are ${known.slice(0, mostListed).join(', ')}${more}.`;
  return new ScriptProblem(
    place,
    what,
    similar === undefined ? names : `Did you mean "${similar}"? ${known.length <= mostListed ? names : ''}`.trim(),
  );
}

/** The same for a hook. */
export function missingHook(
  place: Place,
  what: string,
  name: string,
  known: readonly string[],
  list: string,
): MissingHook {
  const { problem, remedy } = unknownName(place, what, name, known, list);
  return new MissingHook(place, problem, remedy);
}
