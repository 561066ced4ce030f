import { fileURLToPath } from 'node:url';
import { Faults, fault, SantaError } from './errors/fault.js';
import { type ListenAddress, parseListenAddress } from './http/listen_address.js';
import { checkTelemetryPath } from './http/telemetry_path.js';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './log.js';
import { nearest } from './nearest.js';

/** What the command line asks for. Checked, defaults filled in. */
export interface Arguments {
  readonly action: 'serve' | 'check' | 'version' | 'help';
  readonly configFile: string;
  /** Type information to use in the place of the kernel's own. */
  readonly btfFile?: string;
  readonly roots: RootArguments;
  readonly web: WebArguments;
  readonly log: { readonly level: LogLevel; readonly format: LogFormat };
}

/** Where the host's file systems are, for an exporter in a container. */
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
  /** Scrapes at the same time; 0 is no limit. */
  readonly maxRequests: number;
  /** Whether anyone who reaches the server may reload, not only this machine and authenticated users. */
  readonly enableLifecycle: boolean;
}

interface Flag {
  /** What stands for the value in the help; absent for a switch. */
  readonly value?: string;
  readonly help: string;
  /** Shown in the help. */
  readonly standard?: string;
}

const FLAGS = {
  'config.file': { value: 'FILE', help: 'Which probes to run.', standard: 'config/santabpf.yaml of the package' },
  'config.check': { help: 'Check the configuration and the probes, attach nothing, and exit.' },
  'bpf.btf-file': { value: 'FILE', help: 'Type information (BTF) of this kernel, if the kernel has none.' },
  'path.procfs': { value: 'FOLDER', help: "Where the host's procfs is mounted.", standard: '/proc' },
  'path.sysfs': { value: 'FOLDER', help: "Where the host's sysfs is mounted.", standard: '/sys' },
  'path.rootfs': {
    value: 'FOLDER',
    help: "Where the host's root is mounted: users are in its etc/passwd.",
    standard: '/',
  },
  'web.listen-address': { value: 'ADDRESS', help: 'Where to listen. May be given several times.', standard: ':10225' },
  'web.telemetry-path': { value: 'PATH', help: 'Where the metrics are.', standard: '/metrics' },
  'web.config.file': { value: 'FILE', help: 'TLS, client certificates and users (exporter-toolkit format).' },
  'web.max-requests': { value: 'NUMBER', help: 'Most scrapes at the same time; 0 is no limit.', standard: '40' },
  'web.enable-lifecycle': { help: 'Let any client POST /-/reload, not only this machine and known users.' },
  'log.level': { value: 'LEVEL', help: `One of ${LOG_LEVELS.join(', ')}.`, standard: 'info' },
  'log.format': {
    value: 'FORMAT',
    help: `One of ${LOG_FORMATS.join(', ')}; auto is pretty on a terminal.`,
    standard: 'auto',
  },
  version: { help: 'Print the version and exit.' },
  help: { help: 'Print this and exit.' },
} as const satisfies Record<string, Flag>;

type FlagName = keyof typeof FLAGS;

const DEFAULT_CONFIG_FILE = fileURLToPath(new URL('../config/santabpf.yaml', import.meta.url));

/**
 * Reads the command line (without the interpreter and the script).
 * @throws Faults with everything that is wrong with it
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const faults: SantaError[] = [];
  const given = collectFlags(argv, faults);
  const last = (name: FlagName) => given.get(name)?.at(-1);
  const read = <T>(parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof SantaError)) throw error;
      faults.push(error);
      return undefined;
    }
  };

  const listenAddresses = (given.get('web.listen-address') ?? [':10225']).map((text) =>
    read(() => parseListenAddress(text)),
  );
  const telemetryPath = read(() => checkTelemetryPath(last('web.telemetry-path') ?? '/metrics'));
  const maxRequests = read(() => parseCount('web.max-requests', last('web.max-requests') ?? '40'));
  const level = read(() => parseChoice('log.level', LOG_LEVELS, last('log.level') ?? 'info'));
  const format = read(() => parseChoice('log.format', LOG_FORMATS, last('log.format') ?? 'auto'));
  const webConfigFile = last('web.config.file');
  const btfFile = last('bpf.btf-file');

  if (faults.length > 0) throw new Faults(faults);
  return {
    action: actionOf(given),
    configFile: last('config.file') ?? DEFAULT_CONFIG_FILE,
    ...(btfFile === undefined ? {} : { btfFile }),
    roots: {
      proc: last('path.procfs') ?? '/proc',
      sys: last('path.sysfs') ?? '/sys',
      root: last('path.rootfs') ?? '/',
    },
    web: {
      listenAddresses: listenAddresses as ListenAddress[],
      telemetryPath: telemetryPath!,
      ...(webConfigFile === undefined ? {} : { configFile: webConfigFile }),
      maxRequests: maxRequests!,
      enableLifecycle: last('web.enable-lifecycle') === 'true',
    },
    log: { level: level!, format: format! },
  };
}

/** The text of `--help`. */
export function helpText(): string {
  const rows = Object.entries<Flag>(FLAGS).map(([name, { value, help, standard }]) => ({
    left: `  --${name}${value ? `=${value}` : ''}`,
    right: standard === undefined ? help : `${help} [${standard}]`,
  }));
  const width = Math.max(...rows.map(({ left }) => left.length)) + 2;
  const lines = rows.map(({ left, right }) => left.padEnd(width) + right);
  return ['Usage: santabpf [FLAG]...', 'Prometheus metrics of what only the kernel knows.', '', ...lines, ''].join(
    '\n',
  );
}

function collectFlags(argv: readonly string[], faults: SantaError[]): Map<FlagName, string[]> {
  const given = new Map<FlagName, string[]>();
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] === '-h' ? '--help' : argv[index]!;
    const [, name, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name === undefined || !Object.hasOwn(FLAGS, name)) {
      faults.push(fault('ARGUMENT_UNKNOWN', { argument, nearest: name === undefined ? undefined : nearestFlag(name) }));
      // What follows an unknown flag is most likely its value, not a second mistake.
      if (name !== undefined && inline === undefined && argv[index + 1]?.startsWith('-') === false) index++;
      continue;
    }
    const flag: Flag = FLAGS[name as FlagName];
    const value = flag.value === undefined ? (inline ?? 'true') : (inline ?? argv[++index]);
    if (value === undefined || value === '' || (inline === undefined && flag.value && value.startsWith('--'))) {
      faults.push(
        fault('ARGUMENT_INVALID', { flag: `--${name}`, expected: `a value (${flag.value})`, received: 'none' }),
      );
      if (inline === undefined) index--;
    } else if (flag.value === undefined && value !== 'true' && value !== 'false') {
      faults.push(
        fault('ARGUMENT_INVALID', { flag: `--${name}`, expected: 'no value, true or false', received: `"${value}"` }),
      );
    } else {
      given.set(name as FlagName, [...(given.get(name as FlagName) ?? []), value]);
    }
  }
  return given;
}

function actionOf(given: ReadonlyMap<FlagName, readonly string[]>): Arguments['action'] {
  const on = (name: FlagName) => given.get(name)?.at(-1) === 'true';
  if (on('help')) return 'help';
  if (on('version')) return 'version';
  return on('config.check') ? 'check' : 'serve';
}

function parseCount(name: FlagName, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw fault('ARGUMENT_INVALID', { flag: `--${name}`, expected: 'a whole number, 0 or more,', received: `"${text}"` });
}

function parseChoice<T extends string>(name: FlagName, choices: readonly T[], text: string): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw fault('ARGUMENT_INVALID', {
    flag: `--${name}`,
    expected: `one of ${choices.join(', ')}`,
    received: `"${text}"`,
  });
}

function nearestFlag(name: string): string | undefined {
  const near = nearest(name.toLowerCase().replaceAll('_', '-'), Object.keys(FLAGS));
  return near === undefined ? undefined : `--${near}`;
}
