/**
 * The messages of the schemas. Each is a whole sentence, in which `{path}` stands for the setting and `{value}` for what the
 * file says; `issue_faults.ts` fills them in.
 */
import type { z } from 'zod';

/** For a value of the wrong kind. `what` also describes the setting in the JSON schema and when it is missing. */
export const mustBe = (what: string): string => `{path} must be ${what}, not {value}`;

export const mustListOne = (what: string): string => `{path} must list at least one ${what}`;

export const tooLong = (maximum: number): string => `{path} must have at most ${maximum} characters`;

/** The description of a setting in a message of `mustBe`. */
export const describedBy = (message: string): string | undefined =>
  /^\{path\} must be (.*), not \{value\}$/.exec(message)?.[1];

/** `a, b or c`. */
export const anyOf = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** Reports what a rule found, from inside a zod check. */
export function refuse(
  issues: z.core.$ZodRawIssue[],
  path: readonly (string | number)[],
  message: string,
  remedy?: string,
): void {
  issues.push({ code: 'custom', input: undefined, path: [...path], message, params: { remedy } });
}
