import type { Application } from './app.js';
import type { Arguments } from './cli/arguments.js';
import type { Configuration } from './config/configuration.js';
import { type ApplicationOrigin, createApplication } from './create_application.js';
import { describeFault } from './errors/fault.js';
import { logFaults, logWarnings } from './fault_log.js';
import { HttpServer } from './http/server.js';
import { countStates, otherStates } from './http/state_counts.js';
import { WebConfigurationFile } from './http/web_configuration_file.js';
import { createLogger, type Logger } from './log.js';
import { readWebConfigurationApart } from './reading/reading.js';
import { Signals } from './signals.js';

/** What `main` prepares for a run. */
export interface Preparations extends ApplicationOrigin {
  /** The configuration, which is being read already. */
  readonly configuration: Promise<Configuration>;
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
  const [configuration] = await Promise.all([preparations.configuration, openWebConfiguration(options, logger)]);
  logWarnings(logger, configuration);
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
  const web = await openWebConfiguration(options, logger);
  const server = await HttpServer.create(application, {
    telemetryPath: options.web.telemetryPath,
    maxRequests: options.web.maxRequests,
    enableLifecycle: options.web.enableLifecycle,
    ...(web && { web }),
    logger,
  });
  const configuration = await preparations.configuration;
  const urls = await server.listen(options.web.listenAddresses);
  web?.follow();
  signals.onEnd = async () => {
    application.abandonReload();
    web?.close();
    await server.close();
    await application.close();
  };
  // The application logs why a reload failed.
  signals.onReload = () => void application.reload().catch(() => {});
  await application.start(configuration);
  if (!signals.isEnding) {
    logStart(application, urls, options.web.telemetryPath, logger);
  }
  return undefined;
}

async function openWebConfiguration(options: Arguments, logger: Logger): Promise<WebConfigurationFile | undefined> {
  const { configFile } = options.web;
  if (configFile === undefined) return undefined;
  const read = (signal: AbortSignal) => readWebConfigurationApart(configFile, { signal });
  return await WebConfigurationFile.open(configFile, read, logger);
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
