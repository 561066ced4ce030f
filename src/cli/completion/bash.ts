import type { Flags } from '../flags.js';
import { completedFlags, flagsOf, type Program } from '../program.js';

/** A script for bash. Where neither a command nor a flag can follow, bash completes file names. */
export function bashCompletion({ flags, commands }: Program): string {
  const cases = commands.map((command) => `    ${command.name}) flags='${words(flagsOf(command))}' ;;`);
  return `# bash completion for santabpf
# To use it: santabpf completion bash > /etc/bash_completion.d/santabpf
_santabpf() {
  local current=\${COMP_WORDS[COMP_CWORD]} flags commands=''
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
    *)
      flags='${words(flags)}'
      if [[ $COMP_CWORD -eq 1 ]]; then commands='${commands.map(({ name }) => name).join(' ')}'; fi
      ;;
  esac
  if [[ $COMP_CWORD -eq 1 && $current != -* ]]; then
    flags=''
    commands='${commands.map(({ name }) => name).join(' ')}'
  elif [[ $current != -* ]]; then
    return
  fi
  mapfile -t COMPREPLY < <(compgen -W "$commands $flags" -- "$current")
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
