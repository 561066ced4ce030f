import type { Format } from '../exposition/format.js';
import type { ProbeStatus } from '../metrics/probe_status.js';

export type { Format as ExpositionFormat } from '../exposition/format.js';
export type { MapStatus, MetricStatus, ProbeStatus, ProgramStatus, StatusReason } from '../metrics/probe_status.js';

/** What one read of the kernel found. Valid until `Exporter.scrape` is called again. */
export interface Snapshot {
  /**
   * Renders everything in one format; called at most once per format. Yields to the event loop on its own (no more than
   * ~10 ms between two chunks); chunks of 16 kB or more are best.
   */
  render(format: Format): AsyncIterable<Buffer>;
}

/** What the server serves. Handed in by the application; the server knows nothing else about probes or the kernel. */
export interface Exporter {
  /**
   * Reads the kernel once. The server never calls it before the call before has settled and all its renderings have
   * ended, so the implementation needs no lock and may reuse its rows. A failing probe does not reject: rejecting means
   * that there is nothing to serve (the scrape is answered with 500 and the reason).
   */
  scrape(): Promise<Snapshot>;
  /** The probes in the order of the configuration. Cheap: no system calls. */
  probes(): readonly ProbeStatus[];
  /** Applies the configuration anew. Rejects with `Faults` or `SantaError`, and then nothing has changed. */
  reload(): Promise<void>;
  /** Whether every probe has been tried (up or down), so that a scrape is complete. */
  ready(): boolean;
  readonly version: VersionInformation;
}

export interface VersionInformation {
  /** Of the package. */
  readonly version: string;
  /** Of the libbpf that is linked, e.g. `1.1`. */
  readonly libbpf: string;
  /** Of Node.js, e.g. `20.19.0`. */
  readonly node: string;
  /** As `uname -r` says. */
  readonly kernel: string;
}
