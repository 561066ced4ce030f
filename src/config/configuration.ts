/** What the configuration stage hands to the others. */
import type { Location } from '../errors/location.js';
import type { ProbeSpec } from './probe_schema.js';

/** A whole, checked configuration. Deep-frozen. */
export interface Configuration {
  /** The main file, absolute. */
  readonly file: string;
  /** Comes before the name of every metric of a probe; may be empty. */
  readonly metricPrefix: string;
  /** The limit of a metric that names none. */
  readonly seriesLimit: number;
  /** In the order of the main file; no two of one name. Never empty. */
  readonly probes: readonly ProbeConfiguration[];
}

export interface ProbeConfiguration {
  /** The probe file with the main file's overrides, and every default filled in. */
  readonly spec: ProbeSpec;
  /** The probe file, absolute. */
  readonly file: string;
  /** Where the compiled object may lie: absolute paths, in search order. */
  readonly objectCandidates: readonly string[];
  /**
   * Where a setting of the probe stands, for the faults that only later stages can find: `['metrics', 0, 'value']`, in the
   * words of the YAML file (`expire`, not `expireMs`). Settings that the file leaves out are located at what encloses them,
   * overrides of the main file where that sets them.
   */
  locate(path: readonly (string | number)[]): Location | undefined;
}

export interface LoadOptions {
  /** The folder of the shipped objects, searched after the probe file's own. */
  readonly objectFolder: string;
}
