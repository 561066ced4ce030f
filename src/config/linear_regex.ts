import { setFlagsFromString } from 'node:v8';

// Patterns run on text that any local process can choose (its command, a path it opens), and backtracking could stall a
// scrape. This flag of V8 adds the RegExp flag `l`, which selects an engine that takes linear time.
setFlagsFromString('--enable-experimental-regexp-engine');

/**
 * Compiles a pattern of the configuration. Matching takes time linear in the text, whatever the pattern.
 * @throws SyntaxError when the pattern is malformed, or needs backtracking: look-around, back-references, `{1,1000}`
 */
export function compileRegex(pattern: string): RegExp {
  return new RegExp(pattern, 'l');
}

/** Whether a pattern that `compileRegex` refuses is well-formed: it is refused only because it needs backtracking. */
export function needsBacktracking(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
