/** Writes the alert rules: `npm run alerts -- [FLAG]...`. docs/alerts.md explains the parameters. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Flags, flagLines, readFlags, text } from '../../src/cli/flags.js';
import { describeFault, Faults, SantaError } from '../../src/errors/fault.js';
import { files } from './index.js';
import { loadParameters } from './parameter_file.js';

const FLAGS = {
  set: {
    takes: 'NAME=VALUE',
    help: 'Value of a parameter, such as interval=60s or SantaCpuHigh.on=0.9; repeatable',
    parse: text,
    repeatable: true,
  },
  parameters: { takes: 'FILE', help: 'File of parameters', default: 'alerts/parameters.yaml', parse: text },
  output: { takes: 'FOLDER', help: 'Folder of the rule files', default: 'alerts/rules', parse: text },
  help: { help: 'Print this help and exit' },
} as const satisfies Flags;

function help(): string {
  return ['Usage: npm run alerts -- [FLAG]...', 'Writes the alert rules.', '', ...flagLines(FLAGS), ''].join('\n');
}

function write(argv: readonly string[]): void {
  const { set, parameters, output, help: isHelp } = readFlags(FLAGS, argv);
  if (isHelp) {
    process.stdout.write(help());
    return;
  }
  const texts = files(loadParameters(parameters, set));
  mkdirSync(output, { recursive: true });
  for (const [name, content] of texts) {
    writeFileSync(join(output, name), content);
    console.log(join(output, name));
  }
}

try {
  write(process.argv.slice(2));
} catch (error) {
  const faults = error instanceof Faults ? error.faults : error instanceof SantaError ? [error] : undefined;
  if (faults === undefined) throw error;
  console.error(faults.map(describeFault).join('\n\n'));
  process.exitCode = 1;
}
