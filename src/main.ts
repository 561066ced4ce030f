#!/usr/bin/env node
// First: it sets up the heap before anything else is loaded.
import './heap.js';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Arguments, helpText, parseArguments } from './cli/arguments.js';
import { loadConfigurationApart } from './config/load_apart.js';

const objectFolder = fileURLToPath(new URL('bpf', import.meta.url));

/** Exit codes: 0 done, 1 could not start or the check found faults, 2 unusable command line. */
async function main(argv: readonly string[]): Promise<number | undefined> {
  let options: Arguments;
  try {
    options = parseArguments(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  switch (options.action) {
    case 'help':
      process.stdout.write(helpText());
      return 0;
    case 'version':
      process.stdout.write(`santabpf ${packageVersion()}\n`);
      return 0;
    default: {
      const loadConfiguration = () => loadConfigurationApart(options.configFile, { objectFolder });
      const configuration = loadConfiguration();
      // Whoever awaits it hears of it.
      configuration.catch(() => {});
      // Loaded only now: this process starts up while another one reads the configuration.
      const { run } = await import('./service.js');
      return await run(options, { configuration, loadConfiguration, version: packageVersion() });
    }
  }
}

function packageVersion(): string {
  const file = fileURLToPath(new URL('../package.json', import.meta.url));
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

// Whoever read what we print may leave before us.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => {});
}
const exitCode = await main(process.argv.slice(2));
if (exitCode !== undefined) {
  process.exitCode = exitCode;
}
