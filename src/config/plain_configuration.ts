/**
 * A configuration without functions, prototypes and absolute paths, as the process that parses sends it to the exporter.
 */
import { dirname, join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { ErrorCode } from '../errors/catalogue.js';
import { Faults, fault, SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { Budget } from './budget_schema.js';
import type { ScriptNotice } from './compiled_script.js';
import type { Configuration, ImitatedExporter, LoadOptions, ProbeConfiguration } from './configuration.js';
import type { IdentityLabel } from './identity_labels.js';
import type { ProbeEntry } from './main_schema.js';
import { objectCandidates } from './object_candidates.js';
import type { ProbeSpec } from './probe_schema.js';
import type { RecorderConfiguration } from './recorder_schema.js';
import { type Path, SourceMap } from './source_map.js';

/** A file's text, and its `SourceMap.root` in bytes: it is needed for faults only. */
export interface PlainPlaces {
  readonly text: string;
  readonly root: Uint8Array;
}

export interface PlainFolder {
  /** As the main file has it, relative to that file. */
  readonly written: string;
  /** The probes that have a file in it, sorted. */
  readonly probes: readonly string[];
}

/** What became of the script of a probe. */
export interface PlainScript {
  /** The object in base64: bytes could not be frozen. */
  readonly object: string;
  readonly notices: readonly ScriptNotice[];
  /** The path of a script without a probe file, as written; undefined if a probe file has it. */
  readonly path: string | undefined;
}

export interface PlainProbe {
  readonly spec: ProbeSpec;
  /** The index of its folder; -1 of a script without a probe file. */
  readonly folder: number;
  readonly script?: PlainScript;
  readonly places: PlainPlaces;
  /** The overrides of the main file, and the index of their entry in `probes`. */
  readonly overrides: ProbeEntry;
  readonly index: number | undefined;
}

export interface PlainConfiguration {
  readonly metricPrefix: string;
  readonly seriesLimit: number;
  readonly folders: readonly PlainFolder[];
  readonly probeDeadlineMs: number;
  readonly budget: Budget | undefined;
  readonly recorder: RecorderConfiguration | undefined;
  readonly identity: readonly IdentityLabel[];
  readonly probes: readonly PlainProbe[];
  readonly places: PlainPlaces;
  /** Of the kernel that scripts were compiled for; undefined without scripts. */
  readonly kernel: string | undefined;
  /** What the files ask for and does not run; absent if there is nothing. */
  readonly warnings?: readonly PlainFault[];
  readonly imitates?: ImitatedExporter;
}

export function plainPlaces({ text, root }: SourceMap): PlainPlaces {
  return { text, root: serialize(root) };
}

/** The file of a probe. @param main the main file, absolute */
export function probeFileOf(
  main: string,
  { folders }: PlainConfiguration,
  { spec, folder, script }: PlainProbe,
): string {
  if (script?.path !== undefined) return scriptFileOf(main, script.path);
  return join(folderOf(main, folders[folder]!.written), `${spec.probe}.yaml`);
}

/** The name of a script from the command line, in the place of a file. */
export const scriptArgument = '--script';

/** The file of a script without a probe file. @param main the main file, absolute */
export function scriptFileOf(main: string, written: string): string {
  return written === scriptArgument ? written : resolve(dirname(main), written);
}

/** A folder of `probe_path`. @param main the main file, absolute */
export function folderOf(main: string, written: string): string {
  return resolve(dirname(main), written);
}

export interface PlainFault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly location: Location | undefined;
}

/** Nobody reads more at once, and each has a line of the file. */
const shownFaults = 100;

/** The first hundred faults; if there are more, another one says so. */
export function plainFaults({ faults }: Faults): PlainFault[] {
  const shown = faults.slice(0, shownFaults);
  const others = faults.length - shown.length;
  if (others > 0) shown.push(fault('CONFIG_MORE_FAULTS', { shown: shownFaults, others }));
  return shown.map(({ code, message, remedy, location }) => ({ code, message, remedy, location }));
}

export function reviveFaults(faults: readonly PlainFault[]): Faults {
  return new Faults(
    faults.map(({ code, message, remedy, location }) => new SantaError(code, message, remedy, location, undefined)),
  );
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) freeze(inner);
}

/** These are indexed by names that users choose: a prototype would answer for names such as `constructor`. */
function forgetPrototypes(spec: ProbeSpec): void {
  for (const record of [spec.constants, spec.maps, spec.events, ...spec.metrics.map(({ labels }) => labels)]) {
    Object.setPrototypeOf(record, null);
  }
  for (const label of spec.metrics.flatMap(({ labels }) => Object.values(labels))) {
    if (label.constant !== undefined) continue;
    for (const step of label.decode ?? []) if (step.kind === 'map') Object.setPrototypeOf(step.values, null);
  }
}

/** The path of an override in the main file; undefined if there is none. */
function overridePath(path: Path, { overrides, index }: PlainProbe): Path | undefined {
  if (index === undefined) return undefined;
  const [section, name, setting] = path;
  const entry = ['probes', index];
  if (section === 'metrics')
    return setting === 'limit' && overrides.limit !== undefined ? [...entry, 'limit'] : undefined;
  if (section !== 'constants' && section !== 'maps') return undefined;
  const own = overrides[section];
  return typeof name === 'string' && own && Object.hasOwn(own, name) ? [...entry, ...path] : undefined;
}

/** Makes the map of places when a place is asked for, and lets go of it afterwards. */
function revivePlaces(file: string, { text, root }: PlainPlaces): () => SourceMap {
  let last: WeakRef<SourceMap> | undefined;
  return () => {
    const known = last?.deref();
    if (known !== undefined) return known;
    const places = new SourceMap(file, text, deserialize(root));
    last = new WeakRef(places);
    return places;
  };
}

function reviveProbe(plain: PlainProbe, file: string, objectFolder: string, main: () => SourceMap): ProbeConfiguration {
  const { spec } = plain;
  forgetPrototypes(spec);
  const places = revivePlaces(file, plain.places);
  return {
    spec,
    file,
    objectCandidates: plain.script ? [] : objectCandidates(file, spec, objectFolder),
    ...(plain.script && { script: plain.script }),
    locate: (path) => {
      const overridden = overridePath(path, plain);
      return overridden ? main().locate(overridden) : places().locate(path);
    },
  };
}

/**
 * Makes the frozen configuration. `plain` becomes part of it.
 * @param file the main file, absolute
 */
export function reviveConfiguration(
  plain: PlainConfiguration,
  file: string,
  { objectFolder }: Pick<LoadOptions, 'objectFolder'>,
): Configuration {
  const main = revivePlaces(file, plain.places);
  const { metricPrefix, seriesLimit, probeDeadlineMs, budget, recorder, identity } = plain;
  const configuration = {
    file,
    metricPrefix,
    seriesLimit,
    budget,
    recorder,
    identity,
    probeDeadlineMs,
    probes: plain.probes.map((probe) => reviveProbe(probe, probeFileOf(file, plain, probe), objectFolder, main)),
    ...(plain.warnings && { warnings: reviveFaults(plain.warnings).faults }),
    ...(plain.imitates && { imitates: plain.imitates }),
  };
  freeze(configuration);
  return configuration;
}
