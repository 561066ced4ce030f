import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Application } from './app.js';
import type { Arguments, RootArguments } from './cli/arguments.js';
import type { Configuration } from './config/configuration.js';
import type { DecodeContext } from './decode/context.js';
import { describeFault, Faults, fault } from './errors/fault.js';
import { logFaults } from './fault_log.js';
import { HttpServer } from './http/server.js';
import { countStates, otherStates } from './http/state_counts.js';
import { WebConfigurationFile } from './http/web_configuration_file.js';
import { inspectHost } from './kernel/host.js';
import { loadAddon } from './kernel/load_addon.js';
import { createLogger, type Logger } from './log.js';
import { Signals } from './signals.js';

/** The exporter's own roots. The roots of the host may be elsewhere. */
const ownRoots = { proc: '/proc', sys: '/sys' };

/** What `main` prepares for a run. */
export interface Preparations {
  /** The configuration, which is being read already. */
  readonly configuration: Promise<Configuration>;
  /** Reads the configuration again. @throws Faults */
  loadConfiguration(): Promise<Configuration>;
  /** Version of the exporter. */
  readonly version: string;
}

/**
 * Checks the configuration, or serves its metrics. Logs every fault.
 * @returns the exit code; undefined if the process serves until a signal ends it
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

async function check(options: Arguments, preparations: Preparations, logger: Logger): Promise<number> {
  const application = createApplication(options, preparations, logger);
  const configuration = await preparations.configuration;
  if (options.web.configFile !== undefined) {
    await WebConfigurationFile.open(options.web.configFile, logger);
  }
  const unsupported = await application.check(configuration);
  const ok = configuration.probes.length - unsupported.length;
  const others = unsupported.length === 0 ? '' : `, ${unsupported.length} unsupported on this host`;
  const details = unsupported.map(({ probe, reasons }) => `\n${probe}: ${reasons.map(describeFault).join('\n')}\n`);
  process.stdout.write(
    `${options.configFile}: ${ok} ${ok === 1 ? 'probe' : 'probes'} OK${others}\n${details.join('')}`,
  );
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
  if (!signals.isEnding) {
    logStart(application, urls, options.web.telemetryPath, logger);
  }
  return undefined;
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
 * The folders of the host that decoders read.
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

function logStart(application: Application, urls: readonly string[], telemetryPath: string, logger: Logger): void {
  const probes = application.probes();
  const counts = countStates(probes);
  const others = otherStates(probes);
  const summary = `${counts.up} of ${probes.length} probes are up${others === '' ? '' : `, ${others}`}`;
  logger.info(counts, summary);
  for (const url of urls) {
    logger.info({ url }, `Metrics are at ${url}${telemetryPath}`);
  }
}
