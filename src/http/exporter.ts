import type { Format } from '../exposition/format.js';
import type { ProbeStatus } from '../metrics/probe_status.js';
import type { ProfileSource } from '../stacks/profile.js';
import type { GzipWriter } from './compression.js';

export type { Format as ExpositionFormat } from '../exposition/format.js';

/** `live` is the JSON of `src/live/digest.ts`, for the landing page. */
export type PageFormat = Format | 'live';
export type {
  MapStatus,
  MetricStatus,
  ProbeStatus,
  ProgramStatus,
  StatusReason,
  Unknown,
} from '../metrics/probe_status.js';

/** The result of one read of the kernel. Valid until the next call of `Exporter.scrape`. */
export interface Snapshot {
  /**
   * Renders all metrics in one format; called at most once per format. It must yield to the event loop at least every
   * 10 ms. Chunks of 16 kB or more are best. A chunk that is given back, by `next(chunk)`, may be written again.
   */
  render(format: PageFormat): AsyncGenerator<Buffer, void, Buffer | undefined>;
}

/** The data that the server serves. The application implements it; the server knows nothing else of probes or the kernel. */
export interface Exporter {
  /**
   * Reads the kernel once. The server calls it only after the previous call has settled and its renderings have ended:
   * the implementation needs no lock and may reuse its rows. A failing probe must not reject. A rejection means that
   * nothing can be served: the scrape is answered with 500 and the reason.
   * @param probes names of the probes to read and to show; undefined for all
   * @param deadlineMs how long to wait for each probe; undefined for the configured time. A late probe is left out
   */
  scrape(probes?: ReadonlySet<string>, deadlineMs?: number): Promise<Snapshot>;
  /**
   * How long a scrape waits for each probe, in milliseconds.
   * @param timeoutMs after which the client gives up, if it says so
   */
  probeDeadline(timeoutMs?: number): number;
  /** The probes, in the order of the configuration. Makes no system calls. */
  probes(): readonly ProbeStatus[];
  /** A new gzip stream. */
  gzip(): GzipWriter;
  /** Reads and applies the configuration again. Rejects with `Faults` or `SantaError`; then nothing has changed. */
  reload(): Promise<void>;
  /** Whether every probe has been started, with success or not. Before that a scrape is incomplete. */
  ready(): boolean;
  readonly version: VersionInformation;
  /** Name of the host. */
  readonly hostName: string;
  /** Where profiles come from; undefined while nothing records or collects any. It is asked for at every request. */
  readonly profiles?: ProfileSource | undefined;
  /** Whether profiles of the past are there. */
  readonly isRecording?: boolean;
}

export interface VersionInformation {
  /** Version of this package. */
  readonly version: string;
  /** Version of the linked libbpf, e.g. `1.1`. */
  readonly libbpf: string;
  /** Version of Node.js, e.g. `20.19.0`. */
  readonly node: string;
  /** Kernel release, as in `uname -r`. */
  readonly kernel: string;
}
