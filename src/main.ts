#!/usr/bin/env node
// First: it sets up the heap before anything else is loaded.
import './heap.js';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Application } from './app.js';
import { type Arguments, helpText, parseArguments } from './arguments.js';
import type { Configuration } from './config/configuration.js';
import { loadConfigurationApart } from './config/load_apart.js';
import { Faults, SantaError } from './errors.js';
import { HttpServer, openWebConfiguration } from './http/server.js';
import { loadAddon } from './kernel/addon.js';
import { inspectHost } from './kernel/host.js';
import { createLogger, faultFields, type Logger } from './log.js';
import { Signals } from './signals.js';

const roots = { proc: '/proc', sys: '/sys', etc: '/etc' };
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
      const logger = await createLogger(options.log);
      try {
        return await (options.action === 'check' ? check : serve)(options, logger);
      } catch (error) {
        logFaults(logger, error);
        return 1;
      }
    }
  }
}

/** Everything that a configuration needs, and nothing attached yet. */
async function prepare(options: Arguments, logger: Logger): Promise<[Application, Configuration]> {
  const loadConfiguration = () => loadConfigurationApart(options.configFile, { objectFolder });
  const [configuration, addon] = await Promise.all([loadConfiguration(), loadAddon()]);
  const host = inspectHost(roots);
  const application = new Application({
    addon,
    host,
    roots,
    btfFile: options.btfFile,
    logger,
    now: () => performance.now(),
    loadConfiguration,
    version: {
      version: packageVersion(),
      libbpf: addon.libbpfVersion(),
      node: process.versions.node,
      kernel: host.kernelRelease,
    },
  });
  return [application, configuration];
}

async function check(options: Arguments, logger: Logger): Promise<number> {
  const [application, configuration] = await prepare(options, logger);
  if (options.web.configFile !== undefined) {
    await openWebConfiguration(options.web.configFile, logger);
  }
  await application.check(configuration);
  process.stdout.write(`${options.configFile}: ${configuration.probes.length} probes are in order\n`);
  return 0;
}

async function serve(options: Arguments, logger: Logger): Promise<undefined> {
  const signals = new Signals(logger);
  const [application, configuration] = await prepare(options, logger);
  const server = await HttpServer.create(application, {
    telemetryPath: options.web.telemetryPath,
    maxRequests: options.web.maxRequests,
    enableLifecycle: options.web.enableLifecycle,
    ...(options.web.configFile === undefined ? {} : { configFile: options.web.configFile }),
    logger,
  });
  const urls = await server.listen(options.web.listenAddresses);
  signals.onEnd = async () => {
    await server.close();
    await application.close();
  };
  signals.onReload = async () => {
    try {
      await application.reload();
    } catch (error) {
      logFaults(logger, error, 'The configuration was not reloaded, nothing has changed: ');
    }
  };
  await application.start(configuration);
  if (signals.isEnding) {
    return undefined;
  }
  const probes = application.probes();
  const up = probes.filter(({ state }) => state === 'up').length;
  logger.info({ up, down: probes.length - up }, `${up} of ${probes.length} probes are up`);
  for (const url of urls) {
    logger.info({ url }, `Metrics are at ${url}${options.web.telemetryPath}`);
  }
  return undefined;
}

function logFaults(logger: Logger, error: unknown, introduction = ''): void {
  const faults = error instanceof Faults ? error.faults : [error];
  for (const fault of faults) {
    if (fault instanceof SantaError) {
      logger.error(faultFields(fault), introduction + fault.message);
    } else {
      logger.error({ err: fault }, introduction + (fault instanceof Error ? fault.message : String(fault)));
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
