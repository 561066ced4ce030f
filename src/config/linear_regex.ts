import { setFlagsFromString } from 'node:v8';

// Patterns run on text that any process of the host can choose (its command, a path it opens), so backtracking is not an
// option. V8 has a linear-time engine behind this flag; it only adds the RegExp flag `l`.
setFlagsFromString('--enable-experimental-regexp-engine');

/**
 * Compiles a pattern of the configuration. Matching takes time linear in the text, whatever the pattern.
 * @throws SyntaxError when the pattern is malformed, or needs backtracking: look-around, back-references, `{1,1000}`
 */
export function compileRegex(pattern: string): RegExp {
  return new RegExp(pattern, 'l');
}

/** Whether a pattern that `compileRegex` refuses is well-formed all the same. */
export function needsBacktracking(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
