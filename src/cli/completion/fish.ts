import type { Flags } from '../flags.js';
import { completedFlags, flagsOf, isPath, type Program } from '../program.js';

/** A script for fish. The command is the first word after the program's name, or there is none. */
export function fishCompletion({ flags, commands }: Program): string {
  return [
    '# fish completion for santabpf',
    '# To use it: santabpf completion fish > ~/.config/fish/completions/santabpf.fish',
    'function __santabpf_begins',
    '    test (count (commandline -opc)) -eq 1',
    'end',
    'function __santabpf_serves',
    '    set -l words (commandline -opc)',
    `    test (count $words) -eq 1; or string match -q -- '-*' $words[2]`,
    'end',
    'function __santabpf_runs',
    '    set -l words (commandline -opc)',
    '    test (count $words) -gt 1; and test $words[2] = $argv[1]',
    'end',
    'complete -c santabpf -n __santabpf_serves -f',
    ...commands.map(
      ({ name, summary }) => `complete -c santabpf -n __santabpf_begins -f -a ${name} -d ${quoted(summary)}`,
    ),
    ...lines(flags, '__santabpf_serves'),
    ...commands.flatMap((command) => {
      const condition = `'__santabpf_runs ${command.name}'`;
      const [operand] = command.operands;
      const values = operand?.choices === undefined ? '' : ` -a ${quoted(operand.choices.join(' '))}`;
      return [
        ...(isPath(operand?.name) ? [] : [`complete -c santabpf -n ${condition} -f${values}`]),
        ...lines(flagsOf(command), condition),
      ];
    }),
    '',
  ].join('\n');
}

function lines(flags: Flags, condition: string): string[] {
  return completedFlags(flags).map(({ name, help, takes, choices }) => {
    const values = choices === undefined ? '' : ` -a ${quoted(choices.join(' '))}`;
    const value = takes === undefined ? '' : isPath(takes) ? ' -r -F' : ` -x${values}`;
    return `complete -c santabpf -n ${condition} -l ${name.slice(2)}${value} -d ${quoted(help)}`;
  });
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
