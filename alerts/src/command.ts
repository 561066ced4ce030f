import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Flags, flagLines, readFlags, text } from '../../src/cli/flags.js';
import { files } from './index.js';
import { loadParameters } from './parameter_file.js';

/** The flags of `npm run alerts`. */
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

/**
 * Writes the rule files.
 * @param argv flags, as in `--help`
 * @returns what to print: the paths of the files, or the help
 * @throws Faults or SantaError with what is wrong with the flags or the parameters
 */
export function run(argv: readonly string[]): string {
  const { set, parameters, output, help: isHelp } = readFlags(FLAGS, argv);
  if (isHelp) return help();
  const texts = files(loadParameters(parameters, set));
  mkdirSync(output, { recursive: true });
  return [...texts].map(([name, content]) => written(join(output, name), content)).join('');
}

function written(path: string, content: string): string {
  writeFileSync(path, content);
  return `${path}\n`;
}
