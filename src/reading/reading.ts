import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Configuration, LoadOptions } from '../config/configuration.js';
import { type PlainConfiguration, reviveConfiguration, reviveFaults } from '../config/plain_configuration.js';
import type { ProbeMetrics } from '../config/probe_metrics.js';
import type { ForeignSource } from '../ebpf_exporter/read.js';
import type { WebConfiguration } from '../http/web_configuration.js';
import { buildIdentity } from './build_identity.js';
import { btfIdentity, keptConfiguration, readEntry } from './configuration_cache.js';
import { askReader } from './reader.js';
import { patientLimits, type ReadingLimits, type ReadingTask, readingLimits, type ScriptExplanation } from './task.js';

/** The shipped configuration as the build read it. It applies to a copy of that configuration in another folder too. */
const shipped = join(dirname(fileURLToPath(import.meta.url)), 'shipped.configuration');

/** How a reading can end early. */
export interface ReadingControl {
  /** Ends the reading, which then rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  readonly limits?: ReadingLimits;
  /** A folder that keeps what was read for `keptReading`. */
  readonly cacheFolder?: string | undefined;
  /** File with the kernel's BTF, for scripts on kernels without their own. */
  readonly btfFile?: string | undefined;
}

/**
 * `readConfiguration` in a process of its own.
 * @throws Faults with every fault of any of the files, or CONFIG_TOO_COSTLY
 */
export async function readConfigurationApart(
  file: string,
  options: LoadOptions,
  control: ReadingControl = {},
): Promise<Configuration> {
  const build = buildIdentity();
  const { cacheFolder: folder } = control;
  const task: ReadingTask = {
    kind: 'configuration',
    file,
    switches: [...(options.switches ?? [])],
    script: options.script,
    btf: control.btfFile,
    ...(folder !== undefined && build !== undefined && { keep: { folder, build } }),
  };
  return reviveConfiguration((await readApart(task, control)) as PlainConfiguration, resolve(file), options);
}

/**
 * The same for a command, which takes the shipped configuration from the build.
 * @throws Faults with every fault of any of the files, or CONFIG_TOO_COSTLY
 */
export async function readConfigurationPatiently(
  file: string,
  options: LoadOptions,
  btfFile?: string,
): Promise<Configuration> {
  const kept = keptReading(file, options, undefined, btfFile);
  return kept ?? (await readConfigurationApart(file, options, { btfFile, limits: patientLimits }));
}

/**
 * `readForeign` in a process of its own. It is not kept: addresses of kernel symbols change with every boot.
 * @param source with the mount point of procfs
 * @throws Faults with every fault of any of the files, or CONFIG_TOO_COSTLY
 */
export async function readForeignApart(
  source: ForeignSource & { readonly proc: string },
  options: LoadOptions,
  control: ReadingControl = {},
): Promise<Configuration> {
  const folder = resolve(source.folder);
  const file = join(folder, `${source.names[0]}.yaml`);
  const task: ReadingTask = { kind: 'files of ebpf_exporter', file, source: { ...source, folder } };
  return reviveConfiguration((await readApart(task, control)) as PlainConfiguration, file, options);
}

/**
 * What reading the configuration would have as its result, known from an earlier reading or from the build; undefined if it is not.
 * Starts no process.
 * @param cacheFolder of earlier readings; undefined for the build alone
 */
export function keptReading(
  file: string,
  options: LoadOptions,
  cacheFolder: string | undefined,
  btfFile?: string,
): Configuration | undefined {
  const build = buildIdentity();
  if (build === undefined) return undefined;
  const key = {
    build,
    file: resolve(file),
    switches: [...(options.switches ?? [])],
    script: options.script,
    btf: btfIdentity(btfFile),
  };
  const plain =
    readEntry(shipped, key) ?? (cacheFolder === undefined ? undefined : keptConfiguration(cacheFolder, key));
  return plain && reviveConfiguration(plain, key.file, options);
}

/**
 * `readWebConfiguration` in a process of its own.
 * @throws Faults with every fault of the file and the files it names, or CONFIG_TOO_COSTLY
 */
export async function readWebConfigurationApart(file: string, control: ReadingControl = {}): Promise<WebConfiguration> {
  return (await readApart({ kind: 'web configuration', file }, control)) as WebConfiguration;
}

/**
 * For a command: the metrics of one probe, read in a process of its own.
 * @param file the main file: it has the prefix, the identity, and overrides of probes that it lists
 * @param probe a name, or the path of a probe file or of a script
 * @throws Faults with every fault of the main file and the probe, or CONFIG_TOO_COSTLY
 */
export async function readProbeMetricsApart(
  file: string,
  probe: string,
  control: ReadingControl = {},
): Promise<ProbeMetrics> {
  return (await readApart(
    { kind: 'probe metrics', file, probe, btf: control.btfFile },
    patient(control),
  )) as ProbeMetrics;
}

/**
 * For a command: compiles the script in a file in a process of its own.
 * @throws Faults with everything that is wrong, or CONFIG_TOO_COSTLY
 */
export async function explainScriptApart(file: string, control: ReadingControl = {}): Promise<ScriptExplanation> {
  return (await readApart({ kind: 'script', file, btf: control.btfFile }, patient(control))) as ScriptExplanation;
}

const patient = (control: ReadingControl): ReadingControl => ({ limits: patientLimits, ...control });

async function readApart(task: ReadingTask, { signal, limits = readingLimits }: ReadingControl): Promise<unknown> {
  const answer = await askReader(task, limits, signal);
  if ('defect' in answer)
    throw new Error(`Reading "${task.file}" failed. This is a defect of SantaBPF: ${answer.defect}`);
  if ('faults' in answer) throw reviveFaults(answer.faults);
  return answer.value;
}
