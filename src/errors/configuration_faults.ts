import { entry } from './entry.js';

/** What is wrong with the command line, the configuration files or the web configuration. */
export const configurationFaults = {
  ARGUMENT_UNKNOWN: entry(
    (p: { argument: string; nearest: string | undefined }) => `Expected a known flag but received "${p.argument}"`,
    (p) =>
      p.nearest === undefined
        ? 'santabpf --help lists the flags.'
        : `Did you mean ${p.nearest}? --help lists all flags.`,
  ),
  ARGUMENT_INVALID: entry(
    (p: { flag: string; expected: string; received: string }) =>
      `Expected ${p.expected} for ${p.flag} but received ${p.received}`,
    'santabpf --help lists the flags and what they take.',
  ),
  CONFIG_UNREADABLE: entry(
    (p: { path: string; reason: string }) =>
      `Expected a readable configuration file at "${p.path}" but received ${p.reason}`,
    'Check the path (that of the main file is given with --config.file) and the permissions of the file.',
  ),
  CONFIG_SYNTAX: entry(
    (p: { received: string; remedy: string }) => `Expected YAML but received ${p.received}`,
    (p) => p.remedy,
  ),
  CONFIG_TOO_COMPLEX: entry(
    (p: { received: string }) => `Expected a file of ordinary size for a configuration but received ${p.received}`,
    'Write fewer or flatter settings; look for aliases ("*name") that multiply.',
  ),
  CONFIG_DUPLICATE_KEY: entry(
    (p: { key: string; at: string; first: number }) =>
      `Expected each key once for ${p.at} but received "${p.key}" again, after line ${p.first}`,
    'Remove one of the two.',
  ),
  CONFIG_UNKNOWN_KEY: entry(
    (p: { key: string; at: string; nearest: string | undefined; known: readonly string[] }) =>
      `Expected a known key for ${p.at} but received "${p.key}"`,
    (p) => (p.nearest === undefined ? `Known keys are ${p.known.join(', ')}.` : `Did you mean "${p.nearest}"?`),
  ),
  CONFIG_MISSING_KEY: entry(
    (p: { expected: string; key: string; at: string }) => `Expected ${p.expected} for ${p.at} but received nothing`,
    (p) => `Add a line "${p.key}: ...".`,
  ),
  CONFIG_VALUE: entry(
    (p: { expected: string; at: string; received: string; remedy?: string | undefined }) =>
      `Expected ${p.expected} for ${p.at} but received ${p.received}`,
    (p) => p.remedy ?? 'docs/configuration.md describes every setting.',
  ),
  CONFIG_FOLDER: entry(
    (p: { at: string; path: string; reason: string }) =>
      `Expected a folder with probe files for ${p.at} but received "${p.path}", which is ${p.reason}`,
    'Correct the path (it is relative to the folder of the main file), or make the folder.',
  ),
  CONFIG_PROBE_UNKNOWN: entry(
    (p: {
      probe: string;
      at: string;
      folders: readonly string[];
      nearest: string | undefined;
      known: readonly string[];
    }) =>
      `Expected a probe that exists for ${p.at} but received "${p.probe}", for which there is no file ${p.folders.map((folder) => `"${folder}/${p.probe}.yaml"`).join(' or ')}`,
    (p) =>
      p.nearest !== undefined
        ? `Did you mean "${p.nearest}"?`
        : p.known.length > 0
          ? `Probes that exist are ${p.known.join(', ')}.`
          : 'There are no probe files: correct "probe_path" in the main file.',
  ),
  CONFIG_PROBE_TWICE: entry(
    (p: { probe: string; at: string; first: number }) =>
      `Expected each probe once for ${p.at} but received "${p.probe}" again, after line ${p.first}`,
    'Remove one of the two.',
  ),
  CONFIG_PROBE_NAME: entry(
    (p: { stem: string; received: string }) =>
      `Expected the file's own name "${p.stem}" for probe but received "${p.received}"`,
    (p) => `Write "probe: ${p.stem}", or rename the file to "${p.received}.yaml".`,
  ),
  CONFIG_METRIC_RESERVED: entry(
    (p: { at: string; received: string; fullName: string }) =>
      `Expected a metric name of your own for ${p.at} but received "${p.received}": "${p.fullName}" is written by the exporter itself or by Prometheus`,
    'Rename the metric.',
  ),
  CONFIG_METRIC_TWICE: entry(
    (p: { at: string; received: string; series: string; other: string; place: string }) =>
      `Expected a metric name that is not in use for ${p.at} but received "${p.received}": "${p.series}" also belongs to metric "${p.other}" at ${p.place}`,
    'Rename one of the two, or tell them apart by a label of one metric.',
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
  LISTEN_FAILED: entry(
    (p: { address: string; reason: string }) => `Cannot listen on "${p.address}": ${p.reason}`,
    'Choose another address with --web.listen-address, or stop the program that uses this one (ss -ltnp shows it).',
  ),
} as const;
