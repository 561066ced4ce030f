import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isNode,
  Lexer,
  type Node,
  Parser,
  visit,
  YAMLParseError,
} from 'yaml';

/** Levels of lists and mappings in each other. */
export const maximumDepth = 64;

/** Words, marks, spaces and line ends. What they become, an error each at worst, takes up to a kilobyte per token. */
const maximumTokens = 100_000;

/** Tokens that fit nowhere; after so many there is nothing to learn from more. */
const maximumErrors = 100;

/** What the parser opens around the innermost list or mapping: the document, and the scalar in it. */
const openAround = 2;

/** A file is refused for what it costs, not for what it says. `offset` is the place where the limit was reached. */
export class TooComplex extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

export const tooDeep = (offset: number) => new TooComplex(`nested more than ${maximumDepth} levels deep`, offset);

/** The composer recurses once per level: nothing deep may reach it, because V8 can abort the process when its stack is full. */
function* boundedTokens(text: string) {
  const parser = new Parser();
  let [count, errors] = [0, 0];
  for (const lexeme of new Lexer().lex(text)) {
    const { offset } = parser;
    if (++count > maximumTokens) throw new TooComplex(`more than ${maximumTokens} tokens`, offset);
    for (const token of parser.next(lexeme)) {
      yield token;
      if (token.type === 'error' && ++errors === maximumErrors) return;
    }
    if (parser.stack.length > maximumDepth + openAround) throw tooDeep(offset);
  }
  yield* parser.end();
}

/**
 * Parses the YAML document of a text. Errors of syntax are in the document.
 * @throws TooComplex
 */
export function parseBounded(text: string): Document.Parsed {
  const composer = new Composer({ intAsBigInt: true, uniqueKeys: false });
  let document: Document.Parsed | undefined;
  for (const one of composer.compose(boundedTokens(text), true, text.length)) {
    if (document !== undefined) {
      document.errors.push(new YAMLParseError([one.range[0], one.range[1]], 'MULTIPLE_DOCS', ''));
      break;
    }
    document = one as Document.Parsed;
  }
  return document!;
}

/** The node of every alias: the last one above it with its anchor. `Alias.resolve` would search the whole document each time. */
export function aliasTargets(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, (_, node) => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
    } else if (isNode(node) && node.anchor !== undefined) {
      anchors.set(node.anchor, node);
    }
  });
  return targets;
}
