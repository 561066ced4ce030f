import { mapKind } from '../maps/map_kind.js';

/**
 * The state of a probe at one moment, from which the exporter's own metrics, the landing page and `/probes` are made.
 * Plain data that can be serialized as JSON; each call returns a new object.
 */
export interface ProbeStatus {
  readonly name: string;
  /** One sentence from the probe file. */
  readonly summary: string;
  /** A `down` probe has a `reason`; an `up` one has a `reason` if a part of it is missing. */
  readonly state: 'up' | 'down';
  readonly reason?: StatusReason;
  /** Samples shown by the last scrape: the lines of the text format. */
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
  /** Updates whose key found no place, since the map was created. */
  readonly lost: number;
}

/** Whether the number of entries says how full the map is. An array always has all its entries. */
export function canFill({ type }: Pick<MapStatus, 'type'>): boolean {
  return !mapKind(type).isArray;
}

/** Counts since the probe was loaded. `name` carries the prefix. */
export interface MetricStatus {
  readonly name: string;
  /** Samples shown by the last scrape. */
  readonly series: number;
  /** How many times the growth of a row was counted in `other` because of the limit. */
  readonly dropped: number;
  readonly decodeErrors: number;
}
