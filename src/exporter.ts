import { join } from 'node:path';
import { type Arguments, helpText, parseArguments } from './cli/arguments.js';
import { runCommand } from './cli/command.js';
import { COMMANDS, commandLines } from './commands/commands.js';
import type { LoadOptions } from './config/configuration.js';
import { Faults, fault } from './errors/fault.js';
import { nearest } from './nearest.js';
import { packageFolder, packageVersion } from './package_folder.js';
import { keptReading, readConfigurationApart } from './reading/reading.js';

const objectFolder = join(packageFolder, 'dist/bpf');

/** @returns the exit code: 0 done, 1 start or check failed, 2 invalid command line; undefined while the exporter serves */
async function main(argv: readonly string[]): Promise<number | undefined> {
  const [word] = argv;
  if (word !== undefined && !word.startsWith('-')) return await commandNamed(word, argv.slice(1));
  let options: Arguments;
  try {
    options = parseArguments(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
  switch (options.action) {
    case 'help':
      process.stdout.write(helpText(await commandLines()));
      return 0;
    case 'version':
      process.stdout.write(`santabpf ${packageVersion()}\n`);
      return 0;
    default: {
      const { configFile, cacheFolder, script, btfFile } = options;
      const load: LoadOptions = { objectFolder, switches: options.probes, script };
      const loadConfiguration = (signal?: AbortSignal) =>
        readConfigurationApart(configFile, load, { cacheFolder, btfFile, ...(signal && { signal }) });
      // A check and a reload always read.
      const kept = cacheFolder === undefined ? undefined : keptReading(configFile, load, cacheFolder, btfFile);
      const configuration = kept ? Promise.resolve(kept) : loadConfiguration();
      // `run` awaits it later and handles the failure then.
      configuration.catch(() => {});
      // Imported here to load the modules while another process reads the configuration.
      const { run } = await import('./service.js');
      return await run(options, { configuration, loadConfiguration, version: packageVersion() });
    }
  }
}

async function commandNamed(name: string, argv: readonly string[]): Promise<number> {
  const load = COMMANDS.get(name);
  if (load) return await runCommand((await load()).command, argv);
  const unknown = fault('ARGUMENT_UNKNOWN', { argument: name, nearest: nearest(name, [...COMMANDS.keys()]) });
  process.stderr.write(`${new Faults([unknown]).message}\n`);
  return 2;
}

// The reader of our output may close the pipe before we end: that must not crash the exporter.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => {});
}
void main(process.argv.slice(2)).then((exitCode) => {
  if (exitCode !== undefined) process.exitCode = exitCode;
});
