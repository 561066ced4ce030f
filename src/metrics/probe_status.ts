import { mapKind } from '../maps/map_kind.js';

/**
 * What is known about a probe at one moment: the one source of the own metrics, of the landing page and of `/probes`.
 * Plain data, JSON-safe, made anew by whoever asks for it.
 */
export interface ProbeStatus {
  readonly name: string;
  /** One sentence from the probe file. */
  readonly summary: string;
  /** `loading` until the first attempt ends; `down` has a `reason`; an `up` one has a `reason` if it runs with a part missing. */
  readonly state: 'up' | 'down' | 'loading';
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
   * Runs and the time spent in them. Measured in short windows and extrapolated over the time between them; absent
   * where the kernel does not let this process measure (it takes CAP_SYS_ADMIN).
   */
  readonly runs?: number;
  readonly runSeconds?: number;
  /** Runs the kernel skipped because the program was running on that CPU already. */
  readonly missedRuns: number;
  /** Of the last window; absent before the first window with a run. */
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
  /** Updates that found the map full, since the map was made. */
  readonly lost: number;
}

/** Whether a map can have more or fewer entries: an array is as large as it is from the start, so how full it is means nothing. */
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
