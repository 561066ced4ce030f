import type { Configuration } from './config/configuration.js';
import type { RepeatedWarnings } from './http/repeated_warnings.js';
import type { StackPrograms } from './probes/stack_programs.js';
import { FlightRecorder, probeOfKind, type RecorderSettings, recordableKinds } from './recorder/flight_recorder.js';
import type { ProfileKind } from './stacks/profile.js';
import { StackCollector } from './stacks/stack_collector.js';
import type { FrameSymbolizer } from './symbols/symbolizer.js';

const defaultPath = '/var/lib/santabpf';

/** The flight recorder's settings in a configuration. Undefined: off. systemd sets STATE_DIRECTORY for StateDirectory=. */
export function recorderSettings({
  recorder,
  identity,
}: Pick<Configuration, 'recorder' | 'identity'>): RecorderSettings | undefined {
  const [stateDirectory] = process.env.STATE_DIRECTORY?.split(':') ?? [];
  return recorder && { size: recorder.size, path: recorder.path ?? (stateDirectory || defaultPath), identity };
}

/** The kinds of stacks whose probes are in a configuration. */
export function recordedKinds({ probes }: Pick<Configuration, 'probes'>): ReadonlySet<ProfileKind> {
  return new Set(recordableKinds.filter((kind) => probes.some(({ spec }) => spec.probe === probeOfKind(kind))));
}

export interface RecorderParts {
  readonly stacks: StackPrograms;
  readonly symbolizer: FrameSymbolizer;
  readonly warnings: RepeatedWarnings;
  /** Milliseconds, never going back. */
  now(): number;
}

/** A flight recorder that is off. Nothing is loaded or started until it records or collects. */
export function createRecorder({ stacks, symbolizer, warnings, now }: RecorderParts): FlightRecorder {
  const onFailure = (text: string, error: unknown) => warnings.warn(text, { err: error });
  const collector = new StackCollector({
    load: (kind) => stacks.load(kind),
    symbolizer,
    now,
    date: Date.now,
    onFailure: (kind, error) => onFailure(`Stacks of kind ${kind} could not be read`, error),
  });
  return new FlightRecorder({ collector, symbolizer, date: Date.now, onFailure });
}
