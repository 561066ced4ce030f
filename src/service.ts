import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Application } from './app.js';
import type { Arguments, RootArguments } from './cli/arguments.js';
import type { Configuration } from './config/configuration.js';
import type { DecodeContext } from './decode/context.js';
import { Faults, fault, SantaError } from './errors/fault.js';
import { HttpServer, openWebConfiguration } from './http/server.js';
import { loadAddon } from './kernel/addon.js';
import { inspectHost } from './kernel/host.js';
import { createLogger, faultFields, type Logger } from './log.js';
import { Signals } from './signals.js';

/** The process's own, wherever the host's are. */
const ownRoots = { proc: '/proc', sys: '/sys' };

/** What `main` prepares for a run. */
export interface Preparations {
  /** Being read already. */
  readonly configuration: Promise<Configuration>;
  /** Reads it anew. @throws Faults */
  loadConfiguration(): Promise<Configuration>;
  /** Of this program. */
  readonly version: string;
}

/**
 * Checks the configuration or serves its metrics.
 * @returns the exit code, or undefined when the process is to go on until a signal ends it
 */
export async function run(options: Arguments, preparations: Preparations): Promise<number | undefined> {
  const logger = await createLogger(options.log);
  try {
    return await (options.action === 'check' ? check : serve)(options, preparations, logger);
  } catch (error) {
    logFaults(logger, error);
    return 1;
  }
}

function createApplication(options: Arguments, preparations: Preparations, logger: Logger): Application {
  const addon = loadAddon();
  const roots = checkedRoots(options.roots);
  const host = inspectHost(ownRoots, roots.sys);
  return new Application({
    addon,
    host,
    roots,
    btfFile: options.btfFile,
    logger,
    now: () => performance.now(),
    loadConfiguration: () => preparations.loadConfiguration(),
    version: {
      version: preparations.version,
      libbpf: addon.libbpfVersion(),
      node: process.versions.node,
      kernel: host.kernelRelease,
    },
  });
}

/**
 * Where the host's files are that word labels.
 * @throws Faults with every one that is no folder
 */
function checkedRoots({ proc, sys, root }: RootArguments): DecodeContext['roots'] {
  const flags = [
    ['--path.procfs', proc],
    ['--path.sysfs', sys],
    ['--path.rootfs', root],
  ] as const;
  const faults = flags
    .filter(([, path]) => !statSync(path, { throwIfNoEntry: false })?.isDirectory())
    .map(([flag, path]) => fault('ARGUMENT_INVALID', { problem: `${flag} must be a folder, not "${path}"` }));
  if (faults.length > 0) throw new Faults(faults);
  return { proc, sys, etc: join(root, 'etc') };
}

async function check(options: Arguments, preparations: Preparations, logger: Logger): Promise<number> {
  const application = createApplication(options, preparations, logger);
  const configuration = await preparations.configuration;
  if (options.web.configFile !== undefined) {
    await openWebConfiguration(options.web.configFile, logger);
  }
  await application.check(configuration);
  const count = configuration.probes.length;
  process.stdout.write(`${options.configFile}: ${count === 1 ? '1 probe is' : `${count} probes are`} in order\n`);
  return 0;
}

async function serve(options: Arguments, preparations: Preparations, logger: Logger): Promise<undefined> {
  const signals = new Signals(logger);
  const application = createApplication(options, preparations, logger);
  const server = await HttpServer.create(application, {
    telemetryPath: options.web.telemetryPath,
    maxRequests: options.web.maxRequests,
    enableLifecycle: options.web.enableLifecycle,
    ...(options.web.configFile === undefined ? {} : { configFile: options.web.configFile }),
    logger,
  });
  const configuration = await preparations.configuration;
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
