type Token = { readonly text: string } | { readonly code: string };

/** An action of a Go template. Strings in it may have braces. */
const action = /\{\{(- )?\s*((?:`[^`]*`|"(?:\\.|[^"\\])*"|[^`"}])*?)( -)?\}\}/g;

/**
 * What a template of a description can print: one text for each way through its branches, with one turn of every loop. Actions
 * that print are `‹.Labels.command›`.
 */
export function waysThrough(template: string): string[] {
  const tokens = tokensOf(template);
  const ways = sequence(tokens);
  if (tokens.length > 0) throw new Error(`Unbalanced: ${template}`);
  return ways;
}

function tokensOf(template: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  let isTrimmed = false;
  const push = (text: string) => tokens.push({ text: isTrimmed ? text.trimStart() : text });
  for (const match of template.matchAll(action)) {
    const [whole, trimBefore, code, trimAfter] = match;
    const text = template.slice(end, match.index);
    push(trimBefore === undefined ? text : text.trimEnd());
    tokens.push({ code: code!.trim() });
    isTrimmed = trimAfter !== undefined;
    end = match.index + whole.length;
  }
  push(template.slice(end));
  return tokens;
}

/** Takes tokens up to the `else` or `end` of the surrounding block. */
function sequence(tokens: Token[]): string[] {
  let ways = [''];
  for (let token = tokens[0]; token !== undefined; token = tokens[0]) {
    if ('code' in token && /^(?:else|end)\b/.test(token.code)) break;
    tokens.shift();
    const printed = 'text' in token ? [token.text] : printedBy(token.code, tokens);
    ways = ways.flatMap((way) => printed.map((text) => way + text));
  }
  return ways;
}

function printedBy(code: string, tokens: Token[]): string[] {
  if (/^\$\w+ :?= /.test(code)) return [''];
  if (!/^(?:range|if|with)\b/.test(code)) return [`‹${code}›`];
  const isLoop = !code.startsWith('if');
  const ways = sequence(tokens);
  let hasElse = false;
  for (
    let token = tokens.shift();
    token !== undefined && 'code' in token && token.code !== 'end';
    token = tokens.shift()
  ) {
    hasElse ||= token.code === 'else';
    ways.push(...sequence(tokens));
  }
  return isLoop || hasElse ? ways : [...ways, ''];
}
