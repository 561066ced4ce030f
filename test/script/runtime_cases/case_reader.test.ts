import { describe, expect, it } from 'vitest';
import { parseScript } from '../../../src/script/syntax/parse.js';
import { printScript } from '../syntax/script_text.js';
import { refusedPart, unsuitableCase, unsuitableProbes } from './applicability.js';
import { captured } from './capture.js';
import { readCases } from './case_reader.js';
import { isMet } from './case_run.js';
import { readCommand, shellWords } from './command_line.js';

const file = `# a comment
NAME two lines
PROG begin {
       @ = 1;
     }
EXPECT @: 1
       and more
ENV A=1 B=2
AFTER ./run

NAME by a command
RUN {{BPFTRACE}} --unsafe -e 'begin { print("x"); }' -c "./child a"
EXPECT_REGEX_NONE ^y$
ARCH le|!s390x
WILL_FAIL
`;

describe('files of runtime cases', () => {
  it('have directives that lines continue', () => {
    const [first, second] = readCases('suite', file);
    expect(first).toMatchObject({
      suite: 'suite',
      name: 'two lines',
      program: 'begin {\n  @ = 1;\n}',
      expectations: [{ mode: 'text', text: '@: 1\nand more' }],
      after: './run',
      fails: false,
    });
    expect([...first!.environment]).toEqual([
      ['A', '1'],
      ['B', '2'],
    ]);
    expect(second).toMatchObject({
      program: undefined,
      expectations: [{ mode: 'regex none', text: '^y$' }],
      architectures: ['le', '!s390x'],
      fails: true,
    });
    expect(unsuitableCase(second!, 'x64')).toBe('checks a message of bpftrace');
  });

  it('without a name are wrong', () => {
    expect(() => readCases('suite', 'PROG begin { }\n')).toThrow('A case of "suite" has no NAME');
  });
});

describe('command lines of runtime cases', () => {
  const read = (command: string) => readCommand(command, (path) => `script of ${path}`);

  it('have a script and a child', () => {
    expect(read(`{{BPFTRACE}} --unsafe -e 'begin { print("x"); }' -c "./child a"`)).toEqual({
      script: 'begin { print("x"); }',
      child: './child a',
    });
    expect(read('{{BPFTRACE}} runtime/x.bt')).toEqual({ script: 'script of runtime/x.bt', child: undefined });
  });

  it('are refused where only bpftrace has them', () => {
    expect(read('{{BPFTRACE}} -l')).toEqual({ other: 'option -l' });
    expect(read("{{BPFTRACE}} -e 'begin { }' 5")).toEqual({ other: 'positional parameters' });
    expect(read("{{BPFTRACE}} -e 'x' | grep y")).toEqual({ other: 'a pipe or a program around bpftrace' });
    expect(shellWords('a "b c" d\\ e')).toEqual(['a', 'b c', 'd e']);
  });
});

describe('what a script prints', () => {
  const script = parseScript(
    'begin { @n++; printf("%d %s\\n", @n, comm); if (@n > 1) { exit(); } print(@n); }',
    'x.bt',
  );

  it('becomes entries of maps', () => {
    const { script: changed, sites, maps } = captured(script, (path) => path);
    expect(maps).toEqual(['n']);
    expect(sites.map(({ kind, format, map }) => [kind, format, map])).toEqual([
      ['printf', '%d %s\n', undefined],
      ['value', '', 'n'],
    ]);
    const text = printScript(changed);
    expect(text).toContain('@captured_0[$captured_0] = (@n, comm);');
    expect(text).toContain('{ @captured_exit = 1; return; }');
  });

  it('says nothing of values if the script needs what an exporter refuses', () => {
    expect(refusedPart(parseScript('begin { @ = 1; clear(@); }', 'x.bt'))).toBe('clear: a metric keeps counting');
    expect(unsuitableProbes(parseScript('kprobe:x { @ = 1; }', 'x.bt'))).toContain('kprobes');
    expect(refusedPart(script)).toBeUndefined();
  });

  it('is compared by lines', () => {
    const output = 'Attached 1 probe\n  @x: 1\n';
    expect(isMet({ mode: 'text', text: '@x: 1' }, output, '')).toBe(true);
    expect(isMet({ mode: 'text', text: '@x:' }, output, '')).toBe(false);
    expect(isMet({ mode: 'regex', text: '^ +@x: \\d$' }, output, '')).toBe(true);
    expect(isMet({ mode: 'regex none', text: '@y' }, output, '')).toBe(true);
  });
});
