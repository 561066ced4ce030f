/**
 * A configuration without functions and prototypes, as the process that parses sends it to the exporter.
 */
import type { ErrorCode } from '../errors/catalogue.js';
import { Faults, fault, SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { Budget } from './budget_schema.js';
import type { Configuration, ProbeConfiguration } from './configuration.js';
import type { ProbeEntry } from './main_schema.js';
import type { ProbeSpec } from './probe_schema.js';
import { type Path, SourceMap } from './source_map.js';

export interface PlainProbe {
  readonly spec: ProbeSpec;
  readonly file: string;
  readonly objectCandidates: readonly string[];
  readonly places: SourceMap['plain'];
  /** The overrides of the main file, and the index of their entry in `probes`. */
  readonly overrides: ProbeEntry;
  readonly index: number | undefined;
}

export interface PlainConfiguration {
  readonly file: string;
  readonly metricPrefix: string;
  readonly seriesLimit: number;
  readonly budget: Budget | undefined;
  readonly probes: readonly PlainProbe[];
  readonly places: SourceMap['plain'];
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
  for (const record of [spec.constants, spec.maps, ...spec.metrics.map(({ labels }) => labels)]) {
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

/** Makes the frozen configuration. `plain` becomes part of it. */
export function reviveConfiguration(plain: PlainConfiguration): Configuration {
  const main = new SourceMap(...plain.places);
  const { file, metricPrefix, seriesLimit, budget } = plain;
  const configuration = {
    file,
    metricPrefix,
    seriesLimit,
    budget,
    probes: plain.probes.map((probe) => reviveProbe(probe, main)),
  };
  freeze(configuration);
  return configuration;
}
