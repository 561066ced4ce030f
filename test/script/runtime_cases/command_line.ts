/** The command lines of runtime cases: what of them is a script and its process. */

export type Invocation =
  | {
      readonly script: string;
      /** A program that runs while the script is attached: `-c`. */
      readonly child: string | undefined;
    }
  /** What only bpftrace's own command line has. */
  | { readonly other: string };

/** Options of bpftrace without an argument that change nothing of the values. */
const harmless = new Set(['--unsafe', '-q', '-k', '-kk', '--no-warnings']);

/**
 * @param command begins with `{{BPFTRACE}}`
 * @param readScript the text of a script by the path that the command has
 */
export function readCommand(command: string, readScript: (path: string) => string): Invocation {
  const words = shellWords(command);
  if (words === undefined || words[0] !== '{{BPFTRACE}}') return { other: 'a pipe or a program around bpftrace' };
  let script: string | undefined;
  let child: string | undefined;
  for (let at = 1; at < words.length; at++) {
    const word = words[at]!;
    if (word === '-e') script = words[++at];
    else if (word === '-c') child = words[++at];
    else if (word === '--include' || word === '-B') at++;
    else if (word.startsWith('-') || script !== undefined) {
      if (!harmless.has(word)) return { other: word.startsWith('-') ? `option ${word}` : 'positional parameters' };
    } else script = readScript(word);
  }
  return script === undefined ? { other: 'no script' } : { script, child };
}

/** The words of a line without pipes, redirections and substitutions; undefined: it has some. */
export function shellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (const [piece, single, double, escaped] of line.matchAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|\s+|[|&;<>`]|\$\(|[^'"\\\s|&;<>`$]+|\$/gs,
  )) {
    if (/^(?:[|&;<>`]|\$\()$/.test(piece)) return undefined;
    if (/^\s+$/.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (double !== undefined && /\$\(|`/.test(double)) return undefined;
    word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? piece);
  }
  return word === undefined ? words : [...words, word];
}
