/** `santabpf man`: the man page. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORTER_FLAGS } from '../cli/arguments.js';
import { type Command, defineCommand } from '../cli/command.js';
import { manPage } from '../cli/man_page.js';
import { packageFolder, packageVersion } from '../package_folder.js';

/** @param commands all of them, this one too */
export const manCommand = (commands: () => Promise<readonly Command[]>) =>
  defineCommand({
    name: 'man',
    summary: 'Print the man page',
    description: [
      'Prints the man page santabpf(1) in the format of man.',
      'It can be installed as /usr/local/share/man/man1/santabpf.1.',
    ],
    operands: [],
    flags: {},
    examples: ['man | man -l -'],
    async run() {
      const date = statSync(join(packageFolder, 'package.json')).mtime.toISOString().slice(0, 10);
      process.stdout.write(
        manPage({ version: packageVersion(), flags: EXPORTER_FLAGS, commands: await commands() }, date),
      );
      return 0;
    },
  });
