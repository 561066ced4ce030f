import { mapKind } from '../maps/map_kind.js';

/**
 * What can be said of a probe: its programs are attached (`up`), this host does not offer what they need (`unsupported`),
 * something failed that should work (`down`), or it is switched off to save CPU (`suspended`).
 */
export const PROBE_STATES = ['up', 'unsupported', 'down', 'suspended'] as const;
export type ProbeState = (typeof PROBE_STATES)[number];

/**
 * The state of a probe at one moment, from which the exporter's own metrics, the landing page and `/probes` are made.
 * Plain data that can be serialized as JSON; each call returns a new object.
 */
export interface ProbeStatus {
  readonly name: string;
  /** One sentence from the probe file. */
  readonly summary: string;
  /** Every probe that is not `up` has a `reason`. */
  readonly state: ProbeState;
  readonly reason?: StatusReason;
  /** Series shown by the last scrape. */
  readonly series: number;
  readonly programs: readonly ProgramStatus[];
  readonly maps: readonly MapStatus[];
  readonly metrics: readonly MetricStatus[];
  /** Absent before the first scrape. */
  readonly lastScrape?: { readonly seconds: number; readonly success: boolean };
}

/** A fault of the catalogue, as text. */
export interface StatusReason {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Identified by its name, never by the kernel's number. All totals since the program was attached. */
export interface ProgramStatus {
  readonly name: string;
  readonly section: string;
  /**
   * Runs and the CPU time of these, measured in short windows and extrapolated. Absent if this process may not measure
   * (that takes CAP_SYS_ADMIN).
   */
  readonly runs?: number;
  readonly runSeconds?: number;
  /** Runs that the kernel skipped because the program was already running on that CPU. */
  readonly missedRuns: number;
  /** In the last window; absent before the first window with a run. */
  readonly nanosecondsPerRun?: number;
  /** CPU seconds per second (1 is a whole CPU) in the last window; absent before the first. */
  readonly cpuShare?: number;
}

export interface MapStatus {
  readonly name: string;
  readonly type: string;
  /** Entries at the last scrape. */
  readonly entries: number;
  readonly maxEntries: number;
  /** Updates that found the map full, since the map was created. */
  readonly lost: number;
}

/** Whether the number of entries says how full the map is. An array always has all its entries. */
export function canFill({ type }: Pick<MapStatus, 'type'>): boolean {
  return !mapKind(type).isArray;
}

/** Counts since the probe was loaded. `name` carries the prefix. */
export interface MetricStatus {
  readonly name: string;
  readonly series: number;
  /** Rows summed into `other` because the limit of series was reached. */
  readonly dropped: number;
  readonly decodeErrors: number;
}
