import { compileRegex, needsBacktracking } from '../config/linear_regex.js';

/** A regular expression of Go in the syntax of JavaScript. */
export function translateRegex(pattern: string): string {
  return pattern.replaceAll('(?P<', '(?<');
}

/** Why a regular expression of Go cannot be used; undefined if it can. */
export function regexProblem(pattern: string): { readonly problem: string; readonly remedy: string } | undefined {
  const translated = translateRegex(pattern);
  try {
    compileRegex(translated);
    return undefined;
  } catch (error) {
    const reason = needsBacktracking(translated)
      ? 'it needs backtracking'
      : (error as Error).message.replace(/^.*: /, '').toLowerCase();
    const problem = `Regular expression "${pattern}" cannot be used: ${reason}`;
    return { problem, remedy: 'Write it in the syntax that Go and JavaScript share.' };
  }
}
