/** The result of the configuration stage. */
import type { SantaError } from '../errors/fault.js';
import type { Location } from '../errors/location.js';
import type { Budget } from './budget_schema.js';
import type { IdentityLabel } from './identity_labels.js';
import type { PlainScript } from './plain_configuration.js';
import type { ProbeSpec } from './probe_schema.js';
import type { RecorderConfiguration } from './recorder_schema.js';

/** A whole, checked configuration. Deep-frozen. */
export interface Configuration {
  /** The main file, absolute. */
  readonly file: string;
  /** Prefix of every metric of a probe; may be empty. */
  readonly metricPrefix: string;
  /** The limit of a metric that names none. */
  readonly seriesLimit: number;
  /** How long a scrape waits for each probe, in milliseconds. */
  readonly probeDeadlineMs: number;
  /** Of the exporter with all its probes; undefined if it has none. */
  readonly budget: Budget | undefined;
  /** Undefined: stacks are not recorded. */
  readonly recorder: RecorderConfiguration | undefined;
  /** Which labels say who did it. */
  readonly identity: readonly IdentityLabel[];
  /** In the order of the main file, with unique names. Empty only if `warnings` say why. */
  readonly probes: readonly ProbeConfiguration[];
  /** What the files ask for and does not run. */
  readonly warnings?: readonly SantaError[];
  /** The files are those of another exporter: its metrics about itself are shown, too. */
  readonly imitates?: ImitatedExporter;
}

/** An exporter whose files run. */
export interface ImitatedExporter {
  /** Prefix of its metrics about itself. */
  readonly prefix: string;
}

export interface ProbeConfiguration {
  /** The probe file with the main file's overrides, and every default filled in. */
  readonly spec: ProbeSpec;
  /** The probe file, absolute. */
  readonly file: string;
  /** Where to look for the compiled object: absolute paths, in search order. */
  readonly objectCandidates: readonly string[];
  /** What its script was compiled to; such a probe has no object file. */
  readonly script?: PlainScript;
  /**
   * The place of a setting, for faults that later stages find. The path has the names of the YAML file, such as
   * `['metrics', 0, 'expire']`. A setting that is not in the file is located at the one that encloses it, and an override
   * at its place in the main file.
   */
  locate(path: readonly (string | number)[]): Location | undefined;
}

export interface LoadOptions {
  /** The folder of the shipped objects, searched after the folder of the probe file. */
  readonly objectFolder: string;
  /** Probes to run (true) or not to run (false), whatever the main file lists. */
  readonly switches?: ReadonlyMap<string, boolean>;
  /** The text of a script that is the only probe, in place of those that the main file lists. */
  readonly script?: string | undefined;
}
