/** `santabpf completion SHELL`: a script that completes commands and flags. */
import { EXPORTER_FLAGS } from '../cli/arguments.js';
import { type Command, defineCommand, usageFault } from '../cli/command.js';
import { bashCompletion } from '../cli/completion/bash.js';
import { fishCompletion } from '../cli/completion/fish.js';
import { zshCompletion } from '../cli/completion/zsh.js';
import type { Program } from '../cli/program.js';
import { packageVersion } from '../package_folder.js';

const shells: Readonly<Record<string, (program: Program) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** @param commands all of them, this one too */
export const completionCommand = (commands: () => Promise<readonly Command[]>) =>
  defineCommand({
    name: 'completion',
    summary: 'Print the completion of commands and flags for bash, zsh or fish',
    description: [
      'Prints a script that completes the commands and flags of santabpf in bash, zsh or fish.',
      'Its second line says where the script belongs.',
    ],
    operands: [{ name: 'SHELL', choices: Object.keys(shells) }],
    flags: {},
    examples: ['completion bash', 'completion fish > ~/.config/fish/completions/santabpf.fish'],
    async run([shell = '']) {
      const write = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
      if (write === undefined)
        throw usageFault(`SHELL must be one of ${Object.keys(shells).join(', ')}, not "${shell}"`);
      process.stdout.write(write({ version: packageVersion(), flags: EXPORTER_FLAGS, commands: await commands() }));
      return 0;
    },
  });
