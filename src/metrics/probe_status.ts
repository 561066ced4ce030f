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
  /** A probe that is not `up` has a `reason`; an `up` one has a `reason` if a part of it is missing. */
  readonly state: ProbeState;
  readonly reason?: StatusReason;
  /** CPU seconds per second that it may cost; absent if it has no budget of its own. */
  readonly budget?: number;
  /** Samples shown by the last scrape: the lines of the text format. */
  readonly series: number;
  readonly programs: readonly ProgramStatus[];
  readonly maps: readonly MapStatus[];
  readonly metrics: readonly MetricStatus[];
  /** The buffers whose records are counted. */
  readonly events: readonly BufferStatus[];
  /** Absent before the first scrape. */
  readonly lastScrape?: { readonly seconds: number; readonly success: boolean };
}

/** A fault of the catalogue, as text. */
export interface StatusReason {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Not counted or not measured: the number may be anything, also 0. */
export type Unknown = 'unknown';

/** Identified by its name, never by the kernel's number. All totals since the program was attached, as of the last scrape. */
export interface ProgramStatus {
  readonly name: string;
  readonly section: string;
  /** Exact; unknown if the program does not count its runs. */
  readonly runs: number | Unknown;
  /** Runs times the CPU time per run, which is measured in short windows. Measuring takes CAP_SYS_ADMIN. */
  readonly runSeconds: number | Unknown;
  /**
   * CPU time that the kernel spent to reach the program, which `runSeconds` leaves out: runs times the cost of an empty program.
   * Unknown until that is calibrated, after the first scrape.
   */
  readonly entrySeconds: number | Unknown;
  /** Events that the program missed because the kernel skipped it; unknown if this kernel does not count them. */
  readonly missedRuns: number | Unknown;
  /** Recently; unknown before the first window with a run. */
  readonly nanosecondsPerRun: number | Unknown;
  /** CPU seconds per second (1 is a whole CPU) up to the last window, with the entry cost once it is known. */
  readonly cpuShare: number | Unknown;
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

/** Counts since the probe was attached. */
export interface BufferStatus {
  /** Name of the ring buffer or perf buffer. */
  readonly buffer: string;
  readonly records: number;
  /** Records that were too short. */
  readonly malformed: number;
  /** Records that did not fit; absent if the kernel does not count them. */
  readonly lost?: number;
  /** CPU time spent on the records. */
  readonly seconds: number;
}

/** Whether the number of entries says how full the map is. An array always has all its entries; one of many inner maps may be full. */
export function canFill({ type }: Pick<MapStatus, 'type'>): boolean {
  const { isArray, isNested } = mapKind(type);
  return !isArray && !isNested;
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
