import type { Place } from './tree.js';

/** What is wrong with the text of a script, before it has a file. */
export class SyntaxFault extends Error {
  constructor(
    readonly problem: string,
    readonly place: Place,
  ) {
    super(problem);
  }
}
