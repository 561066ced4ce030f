import type { Flags } from '../flags.js';
import { completedFlags, flagsOf, type Program } from '../program.js';

/** A script for bash. Where neither a command nor a flag nor one of few values can follow, bash completes file names. */
export function bashCompletion({ flags, commands }: Program): string {
  const cases = commands.map(
    (command) =>
      `    ${command.name}) flags='${words(flagsOf(command))}' values='${(command.operands[0]?.choices ?? []).join(' ')}' ;;`,
  );
  return `# bash completion for santabpf
# To use it: santabpf completion bash > /etc/bash_completion.d/santabpf
_santabpf() {
  local current=\${COMP_WORDS[COMP_CWORD]} flags='${words(flags)}' values='' flag=''
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  # Readline takes = for a word of its own.
  if [[ $current == = ]]; then
    flag=\${COMP_WORDS[COMP_CWORD - 1]} current=''
  elif [[ $COMP_CWORD -gt 1 && \${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
    flag=\${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $COMP_CWORD -eq 1 ]]; then
    values='${commands.map(({ name }) => name).join(' ')}'
  elif [[ \${COMP_WORDS[COMP_CWORD - 1]} == -* ]]; then
    flag=\${COMP_WORDS[COMP_CWORD - 1]}
  fi
  case $flag in
${choiceCases(flags)}
    *) if [[ -n $flag ]]; then values=''; fi ;;
  esac
  if [[ $current == -* ]]; then values=$flags; fi
  mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -o default -F _santabpf santabpf
`;
}

/** A flag with a value ends with \`=\`. */
const words = (flags: Flags) =>
  completedFlags(flags)
    .map(({ name, takes }) => (takes === undefined ? name : `${name}=`))
    .join(' ');

/** Flags with few values; those of commands have none. */
const choiceCases = (flags: Flags) =>
  completedFlags(flags)
    .flatMap(({ name, choices }) => (choices === undefined ? [] : [`    ${name}) values='${choices.join(' ')}' ;;`]))
    .join('\n');
