import { entry } from './entry.js';

const quoted = (paths: readonly string[]) => paths.map((path) => `"${path}"`).join(' or ');

/** What is wrong with the command line, the configuration files or the web configuration. */
export const configurationFaults = {
  ARGUMENT_UNKNOWN: entry(
    (p: { argument: string; nearest: string | undefined }) =>
      `Unknown ${p.argument.startsWith('-') ? 'flag' : 'argument'} "${p.argument}"`,
    (p) =>
      p.nearest === undefined ? 'Run the command with --help for a list of flags.' : `Did you mean ${p.nearest}?`,
  ),
  ARGUMENT_INVALID: entry(
    (p: { problem: string }) => p.problem,
    'Run the command with --help for a list of flags and their values.',
  ),
  CONFIG_UNREADABLE: entry(
    (p: { path: string; reason: string }) => `Cannot read configuration file "${p.path}": ${p.reason}`,
    'Check the path and the permissions of the file; --help names the flag that sets the path.',
  ),
  CONFIG_SYNTAX: entry(
    (p: { problem: string; remedy: string }) => `Invalid YAML: ${p.problem}`,
    (p) => p.remedy,
  ),
  SCRIPT_SYNTAX: entry(
    (p: { problem: string }) => p.problem,
    'docs/scripts.md has the language, with an example of each part.',
  ),
  CONFIG_TOO_COMPLEX: entry(
    (p: { problem: string }) => `The file is too complex: ${p.problem}`,
    'Use fewer or flatter settings; check for aliases ("*name") that multiply.',
  ),
  CONFIG_TOO_COSTLY: entry(
    (p: { path: string; limit: string }) => `Reading "${p.path}" was stopped: it took more than ${p.limit}`,
    'Make this file and the files it names smaller and flatter. If the host was overloaded, reload or restart later.',
  ),
  CONFIG_MORE_FAULTS: entry(
    (p: { shown: number; others: number }) => `Only the first ${p.shown} faults are shown; there are ${p.others} more`,
    'Correct these first.',
  ),
  CONFIG_DUPLICATE_KEY: entry(
    (p: { key: string; where: string; first: number }) =>
      `Duplicate key "${p.key}" ${p.where}: line ${p.first} already sets it`,
    'Remove one of the two.',
  ),
  CONFIG_UNKNOWN_KEY: entry(
    (p: { key: string; where: string; nearest: string | undefined; known: readonly string[] }) =>
      `Unknown key "${p.key}" ${p.where}`,
    (p) => (p.nearest === undefined ? `Known keys are ${p.known.join(', ')}.` : `Did you mean "${p.nearest}"?`),
  ),
  CONFIG_MISSING_KEY: entry(
    (p: { key: string; where: string; what: string }) => `Missing key "${p.key}" ${p.where}`,
    (p) => `Add "${p.key}: ...": ${p.what}.`,
  ),
  CONFIG_VALUE: entry(
    (p: { problem: string; remedy?: string | undefined; page?: string | undefined }) => p.problem,
    (p) => p.remedy ?? `${p.page ?? 'docs/configuration.md'} describes every setting.`,
  ),
  CONFIG_LEFT_OUT: entry(
    (p: { problem: string }) => p.problem,
    'The rest of the file runs. docs/migrating.md lists what is left out of files of ebpf_exporter, and what to do instead.',
  ),
  CONFIG_FOLDER: entry(
    (p: { path: string; reason: string }) => `Cannot read probe folder "${p.path}": ${p.reason}`,
    'Create the folder, or correct `probe_path`: it is relative to the main file, and "probes" by default.',
  ),
  CONFIG_PROBE_UNKNOWN: entry(
    (p: { probe: string; folders: readonly string[]; nearest: string | undefined; known: readonly string[] }) =>
      `Unknown probe "${p.probe}": there is no ${quoted(p.folders.map((folder) => `${folder}/${p.probe}.yaml`))}`,
    (p) =>
      p.nearest !== undefined
        ? `Did you mean "${p.nearest}"?`
        : p.known.length > 0
          ? `Known probes are ${p.known.join(', ')}.`
          : 'There are no probe files in this folder: correct `probe_path` in the main file.',
  ),
  CONFIG_PROBE_TWICE: entry(
    (p: { probe: string; first: number }) => `Duplicate probe "${p.probe}": line ${p.first} already lists it`,
    'Remove one of the two.',
  ),
  CONFIG_PROBE_NAME: entry(
    (p: { stem: string; name: string }) => `Probe name "${p.name}" does not match the file name "${p.stem}.yaml"`,
    (p) => `Write "probe: ${p.stem}", or rename the file to "${p.name}.yaml".`,
  ),
  CONFIG_METRIC_RESERVED: entry(
    (p: { fullName: string }) => `Metric name "${p.fullName}" is reserved for metrics of SantaBPF or Prometheus`,
    'Rename the metric.',
  ),
  CONFIG_METRIC_TWICE: entry(
    (p: { name: string; series: string; other: string; place: string }) =>
      `Metric "${p.name}" conflicts with "${p.other}" (${p.place}): both export "${p.series}"`,
    'Rename one of the two, or make them one metric with a label.',
  ),
  WEB_CONFIG_UNREADABLE: entry(
    (p: { path: string; reason: string }) => `Cannot read "${p.path}": ${p.reason}`,
    'Check the permissions of the file and its path: --web.config.file, or a path in that file, relative to its folder.',
  ),
  WEB_CONFIG_INVALID: entry(
    (p: { setting: string; problem: string; remedy?: string | undefined }) => `${p.setting}: ${p.problem}`,
    (p) => p.remedy ?? 'docs/operations.md shows the format of the web configuration file.',
  ),
  WEB_CONFIG_UNKNOWN_KEY: entry(
    (p: { key: string; setting: string; known: readonly string[]; nearest: string | undefined }) =>
      `${p.setting}: unknown key "${p.key}"`,
    (p) => (p.nearest === undefined ? `Known keys are ${p.known.join(', ')}.` : `Did you mean "${p.nearest}"?`),
  ),
  WEB_CONFIG_NEEDS_RESTART: entry(
    (p: { path: string; change: 'TLS was turned on' | 'TLS was turned off' | 'client_auth_type changed' }) =>
      `Cannot apply "${p.path}" without a restart: ${p.change}`,
    'The server keeps its previous settings. Restart SantaBPF to apply the file.',
  ),
  SCRIPT_INVALID: entry(
    (p: { problem: string; remedy: string }) => p.problem,
    (p) => p.remedy,
  ),
  LISTEN_FAILED: entry(
    (p: { address: string; reason: string }) => `Cannot listen on "${p.address}": ${p.reason}`,
    'Choose another address with --web.listen-address, or stop the program that uses this one (ss -ltnp shows it).',
  ),
} as const;
