import type { Flags } from '../flags.js';
import { completedFlags, flagsOf, isPath, type Program } from '../program.js';

/** A script for fish. */
export function fishCompletion({ flags, commands }: Program): string {
  return [
    '# fish completion for santabpf',
    '# To use it: santabpf completion fish > ~/.config/fish/completions/santabpf.fish',
    ...commands.map(
      ({ name, summary }) => `complete -c santabpf -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ),
    ...lines(flags, '__fish_use_subcommand'),
    ...commands.flatMap((command) => [
      ...(command.operands.some(({ name }) => isPath(name))
        ? []
        : [`complete -c santabpf -n ${seen(command.name)} -f`]),
      ...lines(flagsOf(command), seen(command.name)),
    ]),
    '',
  ].join('\n');
}

const seen = (command: string) => `'__fish_seen_subcommand_from ${command}'`;

function lines(flags: Flags, condition: string): string[] {
  return completedFlags(flags).map(({ name, help, takes }) => {
    const value = takes === undefined ? '' : isPath(takes) ? ' -r -F' : ' -x';
    return `complete -c santabpf -n ${condition} -l ${name.slice(2)}${value} -d ${quoted(help)}`;
  });
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
