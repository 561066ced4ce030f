import { join } from 'node:path';
import { Faults, fault } from '../errors/fault.js';
import { type ListenAddress, parseListenAddress } from '../http/listen_address.js';
import { checkTelemetryPath } from '../http/telemetry_path.js';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../log.js';
import { packageFolder } from '../package_folder.js';
import { count, type Flags, type FlagValues, flagLines, oneOf, readFlags, text } from './flags.js';

/** What the command line asks for. Checked, defaults filled in. */
export interface Arguments {
  readonly action: 'serve' | 'check' | 'version' | 'help';
  readonly configFile: string;
  /** Files of ebpf_exporter that run instead. */
  readonly foreign?: { readonly folder: string; readonly names: readonly string[] };
  /** The folder that keeps the configuration for the next start; undefined for none, and for a check. */
  readonly cacheFolder: string | undefined;
  /** Probes to run (true) or not to run (false), whatever the configuration lists. */
  readonly probes: ReadonlyMap<string, boolean>;
  /** The only probe, in place of the configured ones. */
  readonly script: string | undefined;
  /** Type information to use instead of the kernel's own. */
  readonly btfFile?: string;
  readonly roots: RootArguments;
  readonly web: WebArguments;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
}

/** Where the host's file systems are mounted, for an exporter in a container. */
export interface RootArguments {
  readonly proc: string;
  readonly sys: string;
  readonly root: string;
}

export interface WebArguments {
  readonly listenAddresses: readonly ListenAddress[];
  readonly telemetryPath: string;
  /** TLS and users, in the format of the exporter-toolkit. */
  readonly configFile?: string;
  /** Concurrent scrapes; 0 is no limit. */
  readonly maxRequests: number;
  /** Any client may reload, not only this machine and authenticated users. */
  readonly enableLifecycle: boolean;
}

/** The flags of the exporter. */
export const EXPORTER_FLAGS = {
  'config.file': {
    takes: 'FILE',
    help: 'Main configuration file [config/santabpf.yaml of the package]',
    parse: text,
  },
  'config.format': {
    takes: 'FORMAT',
    help: 'santabpf, or ebpf_exporter for its files in --config.dir',
    default: 'santabpf',
    parse: oneOf(['santabpf', 'ebpf_exporter']),
  },
  'config.dir': { takes: 'FOLDER', help: 'Folder with NAME.yaml and NAME.bpf.o of ebpf_exporter', parse: text },
  'config.names': { takes: 'NAMES', help: 'Names of files in --config.dir, separated by commas', parse: names },
  'config.cache-folder': {
    takes: 'FOLDER',
    help: 'Cache for a faster start, or none [$CACHE_DIRECTORY or /var/cache/santabpf]',
    parse: text,
  },
  'config.check': { help: 'Check the configuration, list what this host does not support, and exit' },
  probe: { member: 'NAME', help: 'Switch a probe on or off, whatever the configuration lists; repeatable' },
  'bpf.btf-file': { takes: 'FILE', help: 'Type information (BTF) for a kernel that has none', parse: text },
  'path.procfs': { takes: 'FOLDER', help: "Mount point of the host's procfs", default: '/proc', parse: text },
  'path.sysfs': { takes: 'FOLDER', help: "Mount point of the host's sysfs", default: '/sys', parse: text },
  'path.rootfs': {
    takes: 'FOLDER',
    help: "Mount point of the host's root, for etc/passwd and etc/group",
    default: '/',
    parse: text,
  },
  script: {
    takes: 'TEXT',
    help: "Run this script, in bpftrace's language, in place of the configured probes",
    parse: text,
  },
  'web.listen-address': {
    takes: 'ADDRESS',
    help: 'Address to listen on; repeatable',
    default: ':10225',
    parse: parseListenAddress,
    repeatable: true,
  },
  'web.telemetry-path': { takes: 'PATH', help: 'Path of the metrics', default: '/metrics', parse: checkTelemetryPath },
  'web.config.file': {
    takes: 'FILE',
    help: 'TLS, client certificates and users (exporter-toolkit format)',
    parse: text,
  },
  'web.max-requests': {
    takes: 'NUMBER',
    help: 'Concurrent scrapes above which a client gets only one; 0 is no limit',
    default: '40',
    parse: count,
  },
  'web.enable-lifecycle': { help: 'Allow POST /-/reload from other machines without authentication' },
  'log.level': { takes: 'LEVEL', help: LOG_LEVELS.join(', '), default: 'info', parse: oneOf(LOG_LEVELS) },
  'log.format': {
    takes: 'FORMAT',
    help: `${LOG_FORMATS.join(', ')}; auto is pretty on a terminal, else json`,
    default: 'auto',
    parse: oneOf(LOG_FORMATS),
  },
  version: { help: 'Print the version and exit' },
  help: { help: 'Print this help and exit' },
} as const satisfies Flags;

export const defaultConfigFile = join(packageFolder, 'config/santabpf.yaml');

const DEFAULT_CACHE_FOLDER = '/var/cache/santabpf';

/**
 * Reads the command line (without the interpreter and the script).
 * @throws Faults with everything that is wrong with it
 */
export function parseArguments(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Arguments {
  const flags = readFlags(EXPORTER_FLAGS, argv);
  const btfFile = flags['bpf.btf-file'];
  const webConfigFile = flags['web.config.file'];
  const action = actionOf(flags);
  const foreign = foreignOf(flags);
  return {
    action,
    configFile: foreign?.folder ?? flags['config.file'] ?? defaultConfigFile,
    ...(foreign && { foreign }),
    cacheFolder: action === 'serve' && !foreign ? cacheFolderOf(flags['config.cache-folder'], environment) : undefined,
    probes: flags.probe,
    script: flags.script,
    ...(btfFile === undefined ? {} : { btfFile }),
    roots: { proc: flags['path.procfs'], sys: flags['path.sysfs'], root: flags['path.rootfs'] },
    web: {
      listenAddresses: flags['web.listen-address'],
      telemetryPath: flags['web.telemetry-path'],
      ...(webConfigFile === undefined ? {} : { configFile: webConfigFile }),
      maxRequests: flags['web.max-requests'],
      enableLifecycle: flags['web.enable-lifecycle'],
    },
    log: { level: flags['log.level'], format: flags['log.format'] },
  };
}

/** Names of files without their suffix. The kernel and labels show them. */
function names(value: string, flag: string): readonly string[] {
  const all = value.split(',').map((name) => name.trim());
  const wrong = all.find((name, index) => !/^[A-Za-z0-9][\w.-]{0,63}$/.test(name) || all.indexOf(name) !== index);
  if (wrong === undefined) return all;
  const problem = `--${flag} must list different names of files such as biolatency,timers, without .yaml; "${wrong}" is not one`;
  throw fault('ARGUMENT_INVALID', { problem });
}

/** @throws Faults about flags that belong to the other format */
function foreignOf(flags: FlagValues<typeof EXPORTER_FLAGS>): Arguments['foreign'] {
  const [folder, list] = [flags['config.dir'], flags['config.names']];
  const refuse = (problem: string) => new Faults([fault('ARGUMENT_INVALID', { problem })]);
  if (flags['config.format'] === 'santabpf') {
    if (folder === undefined && list === undefined) return undefined;
    throw refuse('--config.dir and --config.names need --config.format=ebpf_exporter');
  }
  if (folder === undefined || list === undefined) {
    throw refuse('--config.format=ebpf_exporter needs --config.dir and --config.names');
  }
  if (flags['config.file'] !== undefined || flags.script !== undefined || flags.probe.size > 0) {
    throw refuse(
      '--config.file, --script and --probe flags are not allowed together with --config.format=ebpf_exporter',
    );
  }
  return { folder, names: list };
}

/** systemd sets CACHE_DIRECTORY if the unit has a CacheDirectory. */
function cacheFolderOf(
  given: string | undefined,
  { CACHE_DIRECTORY: ofService }: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (given === 'none') return undefined;
  return given ?? (ofService || DEFAULT_CACHE_FOLDER);
}

function actionOf(flags: FlagValues<typeof EXPORTER_FLAGS>): Arguments['action'] {
  if (flags.help) return 'help';
  if (flags.version) return 'version';
  return flags['config.check'] ? 'check' : 'serve';
}

/**
 * The text of `--help`.
 * @param commands lines about the commands, which this file does not know
 */
export function helpText(commands: readonly string[]): string {
  return [
    'Usage: santabpf [FLAG]...',
    '       santabpf COMMAND [FLAG]...',
    'Prometheus exporter for kernel metrics, measured with BPF. Without a command it serves metrics.',
    '',
    'Flags:',
    ...flagLines(EXPORTER_FLAGS),
    '',
    'Commands (santabpf COMMAND --help says more):',
    ...commands,
    '',
  ].join('\n');
}
