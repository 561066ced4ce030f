import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Application, type Surroundings } from './app.js';
import type { Arguments, RootArguments } from './cli/arguments.js';
import type { Configuration } from './config/configuration.js';
import type { DecodeContext } from './decode/context.js';
import { Faults, fault } from './errors/fault.js';
import { inspectHost } from './kernel/host.js';
import { loadAddon } from './kernel/load_addon.js';
import { unfitness } from './kernel/object_file.js';
import type { Logger } from './log.js';

/** The exporter's own roots. The roots of the host may be elsewhere. */
const ownRoots = { proc: '/proc', sys: '/sys' };

/** A kernel with debug information, which has a BTF section. */
const maximumBtfBytes = 1 << 30;

/** What an application needs to read its configuration again, and to name its build. */
export interface ApplicationOrigin {
  /** Reads the configuration again. @param signal ends that. @throws Faults */
  loadConfiguration(signal: AbortSignal): Promise<Configuration>;
  /** Version of the exporter. */
  readonly version: string;
  /** When the runs of programs are measured, if not as seldom as beside a service. */
  readonly sampling?: Surroundings['sampling'];
}

/**
 * The application for a command line: not started, with the addon loaded.
 * @throws Faults if the addon, a folder or the BTF file cannot be used
 */
export function createApplication(
  options: Pick<Arguments, 'roots' | 'btfFile'>,
  origin: ApplicationOrigin,
  logger: Logger,
): Application {
  const addon = loadAddon();
  const roots = checkedRoots(options.roots);
  checkBtfFile(options.btfFile);
  const host = inspectHost(ownRoots, roots.sys);
  return new Application({
    addon,
    host,
    roots,
    btfFile: options.btfFile,
    logger,
    now: () => performance.now(),
    ...(origin.sampling && { sampling: origin.sampling }),
    loadConfiguration: (signal) => origin.loadConfiguration(signal),
    version: {
      version: origin.version,
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
  return { root, proc, sys, etc: join(root, 'etc') };
}

/** @throws Faults KERNEL_BTF_FILE. A file that does not exist keeps down only the probes that need it. */
function checkBtfFile(path: string | undefined): void {
  if (path === undefined || !existsSync(path)) return;
  const reason = unfitness(path, maximumBtfBytes);
  if (reason !== undefined) throw new Faults([fault('KERNEL_BTF_FILE', { path, errno: reason })]);
}
