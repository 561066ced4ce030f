/** What a script may ask for with `#ifdef`. */
const known = ['BPFTRACE_HAVE_BTF'];

/**
 * Leaves out what `#ifdef`, `#ifndef` and `#else` exclude. It becomes blanks, as the directives do: the places of the rest stay the same.
 * @throws ConditionFault
 */
export function withoutExcluded(text: string): string {
  const defined = new Set(known);
  const open: { readonly isTaken: boolean; readonly at: number }[] = [];
  let at = 0;
  const lines = text.split('\n').map((line) => {
    const start = at;
    at += line.length + 1;
    const isIncluded = open.every(({ isTaken }) => isTaken);
    const [, directive, name = ''] = /^[ \t]*#[ \t]*(ifdef|ifndef|else|endif|define)\b[ \t]*(\w*)/.exec(line) ?? [];
    switch (directive) {
      case undefined:
        return isIncluded ? line : blank(line);
      case 'define':
        if (isIncluded) defined.add(name);
        return isIncluded ? line : blank(line);
      case 'ifdef':
      case 'ifndef':
        open.push({ isTaken: defined.has(name) === (directive === 'ifdef'), at: start });
        return blank(line);
    }
    const last = open.pop();
    if (last === undefined) throw new ConditionFault(`#${directive} without #ifdef`, start);
    if (directive === 'else') open.push({ isTaken: !last.isTaken, at: last.at });
    return blank(line);
  });
  const [unclosed] = open;
  if (unclosed !== undefined) throw new ConditionFault('#ifdef without #endif', unclosed.at);
  return lines.join('\n');
}

export class ConditionFault extends Error {
  constructor(
    readonly problem: string,
    readonly offset: number,
  ) {
    super(problem);
  }
}

function blank(line: string): string {
  return ' '.repeat(line.length);
}
