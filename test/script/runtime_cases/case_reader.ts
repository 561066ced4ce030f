/** Reads files of bpftrace's runtime cases: directives in blocks that blank lines separate. */

export interface Expectation {
  readonly text: string;
  /** `text`: a whole line, without the spaces around it. `none`: what must not be in the output. */
  readonly mode: 'text' | 'text none' | 'regex' | 'regex none' | 'file';
}

export interface RuntimeCase {
  /** The name of the file. */
  readonly suite: string;
  readonly name: string;
  /** The script, or undefined: `command` has it. */
  readonly program: string | undefined;
  /** A line of a shell that starts bpftrace. */
  readonly command: string | undefined;
  readonly expectations: readonly Expectation[];
  /** Commands that run before the script is attached, and as long as it is. */
  readonly before: readonly string[];
  /** A command that runs when the script is attached. */
  readonly after: string | undefined;
  readonly setup: string | undefined;
  readonly cleanup: string | undefined;
  readonly environment: ReadonlyMap<string, string>;
  /** Commands that must succeed. */
  readonly requirements: readonly string[];
  readonly features: readonly string[];
  /** Names of processors, `le` and `be`; with `!` in front those that are excluded. */
  readonly architectures: readonly string[];
  readonly fails: boolean;
  readonly ownProcessNamespace: boolean;
}

const expected: Readonly<Record<string, Expectation['mode']>> = {
  EXPECT: 'text',
  EXPECT_NONE: 'text none',
  EXPECT_REGEX: 'regex',
  EXPECT_REGEX_NONE: 'regex none',
  EXPECT_FILE: 'file',
  EXPECT_JSON: 'file',
};

/** @throws Error if a block has no name */
export function readCases(suite: string, text: string): RuntimeCase[] {
  const blocks: string[][] = [[]];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    if (line === '') blocks.push([]);
    else blocks.at(-1)!.push(line);
  }
  return blocks.filter((block) => block.length > 0).map((block) => readCase(suite, directivesOf(block)));
}

interface Directive {
  readonly name: string;
  value: string;
}

/** A line that is indented by more than the directive's name continues it. */
function directivesOf(lines: readonly string[]): Directive[] {
  const directives: Directive[] = [];
  for (const line of lines) {
    const last = directives.at(-1);
    const indentation = (last?.name.length ?? 0) + 1;
    if (last !== undefined && /^\s+$/.test(line.slice(0, indentation))) {
      if (last.name === 'PROG' || last.name.startsWith('EXPECT')) last.value += `\n${line.slice(indentation)}`;
      continue;
    }
    const [, name = '', value = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
    directives.push({ name, value });
  }
  return directives;
}

function readCase(suite: string, directives: readonly Directive[]): RuntimeCase {
  const all = (name: string) => directives.filter((each) => each.name === name).map(({ value }) => value);
  const one = (name: string): string | undefined => all(name)[0];
  const words = (name: string) => all(name).flatMap((value) => value.split(/[\s|]+/).filter((word) => word !== ''));
  const name = one('NAME');
  if (name === undefined) throw new Error(`A case of "${suite}" has no NAME: ${directives[0]?.value}`);
  return {
    suite,
    name,
    program: one('PROG'),
    command: one('RUN'),
    expectations: directives.flatMap(({ name: directive, value }) => {
      const mode = expected[directive];
      return mode === undefined ? [] : [{ text: value, mode }];
    }),
    before: all('BEFORE'),
    after: one('AFTER'),
    setup: one('SETUP'),
    cleanup: one('CLEANUP'),
    environment: new Map(
      words('ENV').map((word) => {
        const at = word.indexOf('=');
        return [word.slice(0, at), word.slice(at + 1)];
      }),
    ),
    requirements: all('REQUIRES'),
    features: words('REQUIRES_FEATURE'),
    architectures: words('ARCH'),
    fails: one('WILL_FAIL') !== undefined || (one('RETURN_CODE') ?? '0') !== '0',
    ownProcessNamespace: one('NEW_PIDNS') !== undefined,
  };
}
