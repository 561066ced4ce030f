import { resolve } from 'node:path';
import { Faults, SantaError } from '../errors/fault.js';
import { budgetOf, probeBudgetOf } from './budget_schema.js';
import { type Chosen, choose, chooseOne, chosenScript, entriesOf } from './chosen_probes.js';
import type { CompileScript } from './compiled_script.js';
import type { Configuration, LoadOptions } from './configuration.js';
import { undroppableLabels, withoutLabels } from './dropped_labels.js';
import { readText } from './file_text.js';
import type { IdentityLabel } from './identity_labels.js';
import { labelsWith } from './identity_schema.js';
import { issueFaults } from './issue_faults.js';
import { kernelIdentity } from './kernel_identity.js';
import { type MainFile, mainFile, type ProbeEntry, scriptPath } from './main_schema.js';
import { metricNameFaults, type NamedMetrics } from './metric_names.js';
import type { MetricSpec, WrittenMetric } from './metric_schema.js';
import {
  type PlainConfiguration,
  type PlainProbe,
  type PlainScript,
  plainPlaces,
  reviveConfiguration,
} from './plain_configuration.js';
import type { ParsedProbe } from './probe_file.js';
import { ProbeFolders } from './probe_folders.js';
import type { ProbeFile, ProbeSpec } from './probe_schema.js';
import { recorderOf } from './recorder_schema.js';
import { parseDuration } from './units.js';
import { parseTree } from './yaml_tree.js';

export type { Configuration, LoadOptions, ProbeConfiguration } from './configuration.js';

/** A setting of the main file, or undefined if it is invalid. Lets the probe files be checked when other settings are wrong. */
function part<Name extends keyof MainFile>(root: unknown, name: Name): MainFile[Name] | undefined {
  const value = (root as Record<string, unknown> | null)?.[name];
  const result = mainFile.shape[name].safeParse(value);
  return result.success ? (result.data as MainFile[Name]) : undefined;
}

/** How a configuration is read. */
export interface ReadOptions extends Pick<LoadOptions, 'switches' | 'script'> {
  /** The only probe, in place of those that the main file lists: a name, or the path of a probe file or of a script. */
  readonly only?: string;
  /** For probes with a script. */
  readonly compile?: CompileScript;
}

function namedMetrics({ value, places }: ParsedProbe): NamedMetrics {
  const listed = (value as { metrics?: unknown } | null | undefined)?.metrics;
  const metrics = (Array.isArray(listed) ? listed : []).flatMap((metric: unknown, index) => {
    const { name, type } = (metric ?? {}) as { name?: unknown; type?: unknown };
    return typeof name === 'string' && typeof type === 'string' ? [{ index, name, type }] : [];
  });
  return { places, metrics };
}

/** What the main file says about all probes. */
type Shared = Pick<Configuration, 'seriesLimit' | 'budget'> & { readonly identity: readonly IdentityLabel[] };

/** The labels of a metric on this host. */
function labelsOf({ labels, identity }: WrittenMetric, entry: ProbeEntry, shared: Shared): MetricSpec['labels'] {
  return withoutLabels(labelsWith(entry.identity ?? shared.identity, identity, labels), entry.labels?.drop ?? []);
}

/** Whether a label of a metric shows a command, as far as its file says so. */
function showsCommand({ labels, identity }: WrittenMetric, shown: MetricSpec['labels']): boolean {
  const ofCommands = Object.keys(labels).filter((name) => labels[name]!.onlyWith === 'command');
  return [...ofCommands, ...(identity?.command === undefined ? [] : ['command'])].some((name) => name in shown);
}

/** What the exporter needs of a compiled script. */
function plainScript({ entry, folder, parsed: { script } }: Chosen): PlainScript | undefined {
  if (script?.object === undefined) return undefined;
  return { object: script.object, notices: script.notices, path: folder < 0 ? entry.probe : undefined };
}

/** The main file wins over the probe file, and the probe file over the defaults. */
function merge(settings: ProbeFile, entry: ProbeEntry, shared: Shared): ProbeSpec {
  const { constants, maps, limit } = entry;
  const { object, programs } = settings;
  const sizes: Record<string, ProbeFile['maps'][string]> = { ...settings.maps };
  for (const [name, setting] of Object.entries(maps ?? {})) sizes[name] = { ...sizes[name], ...setting };
  const metrics = settings.metrics.map((metric) => ({ metric, labels: labelsOf(metric, entry, shared) }));
  const leavesOutCommand =
    settings.metrics.some(({ identity }) => identity !== undefined) &&
    !metrics.some(({ metric, labels }) => showsCommand(metric, labels));
  return {
    probe: settings.probe,
    summary: settings.summary,
    ...(object !== undefined && { object }),
    ...(programs && { programs }),
    constants: { ...settings.constants, ...constants },
    maps: sizes,
    events: settings.events,
    budget: probeBudgetOf(entry.budget ?? settings.budget, shared.budget),
    ...(leavesOutCommand && { leavesOutCommand }),
    metrics: metrics.map(({ metric: { identity, ...metric }, labels }) => ({
      ...metric,
      labels,
      limit: limitOfMember(limit ?? metric.limit ?? shared.seriesLimit, metric.name, settings),
    })),
  };
}

/** Several maps or fields of one metric share its limit. */
function limitOfMember(limit: number, name: string, { metrics }: ProbeFile): number {
  return Math.max(1, Math.floor(limit / metrics.filter((metric) => metric.name === name).length));
}

function byPlace(a: SantaError, b: SantaError): number {
  if (a.location?.file !== b.location?.file) return 0;
  return (a.location?.line ?? 0) - (b.location?.line ?? 0) || (a.location?.column ?? 0) - (b.location?.column ?? 0);
}

/** Sorts faults by file, then by place. */
function inOrder(faults: readonly SantaError[], files: readonly string[]): SantaError[] {
  const rank = (error: SantaError) => files.indexOf(error.location?.file ?? '');
  return faults.toSorted((a, b) => rank(a) - rank(b) || byPlace(a, b));
}

/**
 * Reads and checks the main file and the probe files it names.
 * @throws Faults with every fault of any of them; CompilerNeeded if one has a script and `compile` is missing
 */
export function readConfiguration(file: string, options: ReadOptions): PlainConfiguration {
  const path = resolve(file);
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    throw error instanceof SantaError ? new Faults([error]) : error;
  }
  const tree = parseTree(path, text);
  const faults: SantaError[] = [...tree.faults];
  if (tree.value === undefined) throw new Faults(faults);
  const main = mainFile.safeParse(tree.value);
  faults.push(...issueFaults(main.error?.issues ?? [], tree));
  const paths = part(tree.value, 'probe_path');
  // Scripts need no folder of probes: one that is missing is no fault then.
  const needsFolders =
    entriesOf(tree.value).some(({ entry }) => !scriptPath.test(entry.probe)) ||
    (options.switches?.size ?? 0) > 0 ||
    options.only !== undefined;
  const folders = new ProbeFolders(options.script === undefined && needsFolders ? (paths ?? []) : [], tree.places);
  const chosen =
    options.script !== undefined
      ? [chosenScript(options.script, options.compile)]
      : paths === undefined
        ? []
        : options.only === undefined
          ? choose(tree, folders, options, faults)
          : chooseOne(options.only, tree, folders, options.compile, faults);
  const identity = part(tree.value, 'identity') ?? ['command'];
  for (const one of chosen) faults.push(...undroppableLabels(one, identity, tree));
  const prefix = part(tree.value, 'metric_prefix') ?? '';
  faults.push(...chosen.flatMap(({ parsed }) => parsed.faults));
  faults.push(
    ...metricNameFaults(
      prefix,
      chosen.map(({ parsed }) => namedMetrics(parsed)),
    ),
  );
  if (faults.length > 0 || !main.success) {
    throw new Faults(inOrder(faults, [path, ...chosen.map(({ parsed }) => parsed.file)]));
  }
  const limits = { seriesLimit: main.data.series_limit, budget: budgetOf(main.data.budget) };
  return {
    metricPrefix: prefix,
    ...limits,
    recorder: recorderOf(main.data.flight_recorder),
    identity,
    probeDeadlineMs: parseDuration(main.data.probe_deadline)!,
    folders: folders.plain,
    places: plainPlaces(tree.places),
    kernel: chosen.some(({ parsed }) => parsed.script) ? kernelIdentity() : undefined,
    probes: chosen.map((one): PlainProbe => {
      const { entry, index, folder, parsed } = one;
      const script = plainScript(one);
      return {
        spec: merge(parsed.settings!, entry, { ...limits, identity }),
        folder,
        ...(script && { script }),
        places: plainPlaces(parsed.places),
        overrides: entry,
        index,
      };
    }),
  };
}

/**
 * Reads and checks the main file and the probe files it names, in this process. A running exporter uses
 * `loadConfigurationApart`, which has the same result and keeps the parsers out of its memory.
 * @throws Faults with every fault of any of them
 */
export function loadConfiguration(file: string, options: LoadOptions & ReadOptions): Configuration {
  return reviveConfiguration(readConfiguration(file, options), resolve(file), options);
}
