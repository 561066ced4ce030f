/** The parser that the build makes of a grammar (`src/script/grammar_plugin.mjs`). */
declare module '*.peggy' {
  interface Point {
    readonly offset: number;
  }
  class GrammarError extends Error {
    readonly expected:
      | readonly { readonly type: string; readonly text?: string; readonly description?: string }[]
      | null;
    readonly found: string | null;
    readonly location: { readonly start: Point; readonly end: Point };
  }

  export { GrammarError as SyntaxError };
  /** @throws SyntaxError */
  export function parse(text: string): unknown;
}
