import type { Command } from '../command.js';
import type { Flags } from '../flags.js';
import { completedFlags, flagsOf, isPath, type Program } from '../program.js';

/** A script for zsh, as a file \`_santabpf\` in a folder of \`$fpath\`. */
export function zshCompletion({ flags, commands }: Program): string {
  const list = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map(
    (command) => `    ${command.name}) _arguments ${[...specs(flagsOf(command)), ...operands(command)].join(' ')} ;;`,
  );
  return `#compdef santabpf
# zsh completion for santabpf
# To use it: santabpf completion zsh > /usr/local/share/zsh/site-functions/_santabpf
_santabpf() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
    return
  fi
  local command=$words[2]
  case $command in
${cases.join('\n')}
    *) _arguments ${specs(flags).join(' ')} ;;
  esac
}
_santabpf "$@"
`;
}

/** Sentences with a colon or a bracket would end the description. */
const described = (help: string) => help.replaceAll(/[[\]:]/g, (character) => `\\${character}`);

function specs(flags: Flags): string[] {
  return completedFlags(flags).map(({ name, help, takes, choices, isRepeatable }) => {
    const flag = `${isRepeatable ? '*' : ''}${name}`;
    if (takes === undefined) return quoted(`${flag}[${described(help)}]`);
    return quoted(`${flag}=[${described(help)}]:${takes}:${valuesOf(takes, choices)}`);
  });
}

/** What completes a value. Nothing completes most. */
function valuesOf(takes: string, choices: readonly string[] | undefined): string {
  if (choices !== undefined) return `(${choices.join(' ')})`;
  return isPath(takes) ? '_files' : '';
}

/** The command itself is the first operand. */
function operands({ operands: list }: Command): string[] {
  const own = list.map(({ name, choices }, index) =>
    quoted(`${index + 2}:${name}:${valuesOf(name, choices) || messageOf(name)}`),
  );
  return [quoted('1: : '), ...own];
}

/** Shown in place of values. zsh inserts no flag after a message, so there is none where a flag is being typed. */
const messageOf = (name: string) => `{[[ $PREFIX == -* ]] || _message ${name}}`;

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
