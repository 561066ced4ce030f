/** What the rules about several settings of one metric are made of. */

/** A metric before its settings are known to be valid. */
export type Unchecked = Readonly<Record<string, unknown>>;

export interface Problem {
  readonly path: readonly (string | number)[];
  /** As in `sentences.ts`. */
  readonly message: string;
  readonly remedy: string | undefined;
  /** The problem is the name at the end of the path, not its value. */
  readonly isKey?: true;
}

export const isMapping = (value: unknown): value is Unchecked =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
