/**
 * A configuration without functions and prototypes, as it crosses from the thread that parses (and then gives the memory
 * of its parsers back) to the one that serves.
 */
import type { ErrorCode } from '../errors/catalogue.js';
import { Faults, SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { Configuration, ProbeConfiguration } from './configuration.js';
import type { ProbeEntry } from './main_schema.js';
import type { ProbeSpec } from './probe_schema.js';
import { type Path, SourceMap } from './source_map.js';

export interface PlainProbe {
  readonly spec: ProbeSpec;
  readonly file: string;
  readonly objectCandidates: readonly string[];
  readonly places: SourceMap['plain'];
  /** What the main file sets in place of the probe file, and the index of that entry in `probes`. */
  readonly overrides: ProbeEntry;
  readonly index: number;
}

export interface PlainConfiguration {
  readonly file: string;
  readonly metricPrefix: string;
  readonly seriesLimit: number;
  readonly probes: readonly PlainProbe[];
  readonly places: SourceMap['plain'];
}

export interface PlainFault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly location: Location | undefined;
}

export function plainFaults({ faults }: Faults): PlainFault[] {
  return faults.map(({ code, message, remedy, location }) => ({ code, message, remedy, location }));
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

/** Names that users choose are looked up in these, so that none may be found in a prototype. */
function forgetPrototypes(spec: ProbeSpec): void {
  for (const record of [spec.constants, spec.maps, ...spec.metrics.map(({ labels }) => labels)]) {
    Object.setPrototypeOf(record, null);
  }
  for (const label of spec.metrics.flatMap(({ labels }) => Object.values(labels))) {
    if (label.constant !== undefined) continue;
    for (const step of label.decode ?? []) if (step.kind === 'map') Object.setPrototypeOf(step.values, null);
  }
}

/** Where the main file overrides a setting of the probe; undefined when it does not. */
function overridePath(path: Path, { overrides, index }: PlainProbe): Path | undefined {
  const [section, name, setting] = path;
  const entry = ['probes', index];
  if (section === 'metrics')
    return setting === 'limit' && overrides.limit !== undefined ? [...entry, 'limit'] : undefined;
  if (section !== 'constants' && section !== 'maps') return undefined;
  const own = overrides[section];
  return typeof name === 'string' && own && Object.hasOwn(own, name) ? [...entry, ...path] : undefined;
}

function reviveProbe(plain: PlainProbe, main: SourceMap): ProbeConfiguration {
  const { spec, file, objectCandidates } = plain;
  forgetPrototypes(spec);
  const places = new SourceMap(...plain.places);
  return {
    spec,
    file,
    objectCandidates,
    locate: (path) => {
      const overridden = overridePath(path, plain);
      return overridden ? main.locate(overridden) : places.locate(path);
    },
  };
}

/** Takes `plain` over: it becomes part of the frozen result. */
export function reviveConfiguration(plain: PlainConfiguration): Configuration {
  const main = new SourceMap(...plain.places);
  const { file, metricPrefix, seriesLimit } = plain;
  const configuration = {
    file,
    metricPrefix,
    seriesLimit,
    probes: plain.probes.map((probe) => reviveProbe(probe, main)),
  };
  freeze(configuration);
  return configuration;
}
